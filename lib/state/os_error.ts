import { CniCode, CniError, describe } from "../spec/mod.ts";

/**
 * Makes what the operating system threw an error that can cross the protocol:
 * code 5, with the act and the path in the message. A {@linkcode CniError}
 * passes through as it is.
 *
 * @param action What failed, as in "create the file".
 * @param path The file or folder that it was about.
 */
export function osError(
  action: string,
  path: string,
  cause: unknown,
): CniError {
  if (cause instanceof CniError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Cannot ${action} ${describe(path)}`;
  // Deno repeats the call and its path after the system's own text.
  const details = reason.replace(/ \(os error \d+\)(: .*)?$/s, "");
  return new CniError(CniCode.IoFailure, message, { details, cause });
}

/** Runs `act`; what it throws becomes an {@linkcode osError}. */
export function orOsError<T>(action: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw osError(action, path, cause);
  }
}

/** Runs `act`; `undefined` if there is no such file or folder. */
export function ifThere<T>(
  action: string,
  path: string,
  act: () => T,
): T | undefined {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw osError(action, path, cause);
  }
}
