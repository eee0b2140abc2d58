import { CniCode, CniError, describe } from "../spec/mod.ts";

/** What the operating system refused, and who asked for it. */
export interface OsErrorOptions {
  /** What was thrown. */
  readonly cause: unknown;
  /**
   * The configuration key that led to the path. With it, the error says what to
   * do about a place that cannot be written.
   */
  readonly key?: string;
}

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
  { cause, key }: OsErrorOptions,
): CniError {
  if (cause instanceof CniError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const message = `Cannot ${action} ${describe(path)}`;
  // Deno repeats the call and its path after the system's own text.
  const said = reason.replace(/ \(os error \d+\)(: .*)?$/s, "");
  const details = key === undefined ? said : said + remedyFor(cause, key);
  return new CniError(CniCode.IoFailure, message, { details, cause });
}

function remedyFor(cause: unknown, key: string): string {
  if (isUnwritable(cause)) {
    return `: ${key} leads there, so make that folder writable for this ` +
      "program, or choose another one";
  }
  return cause instanceof Deno.errors.NotADirectory
    ? `: ${key} leads there, and what should be a folder on the way is a ` +
      "file: remove the file, or choose another folder"
    : "";
}

/** Runs `act`; what it throws becomes an {@linkcode osError}. */
export function orOsError<T>(action: string, path: string, act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw osError(action, path, { cause });
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
    throw osError(action, path, { cause });
  }
}

/**
 * What is at a path that a key leads to; `undefined` if nothing is. What keeps
 * it from being looked at is an error with a remedy.
 */
export function lookIfThere(
  path: string,
  { key, look }: {
    readonly key: string;
    readonly look: (path: string) => Deno.FileInfo;
  },
): Deno.FileInfo | undefined {
  try {
    return look(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return undefined;
    throw osError("look at", path, { cause, key });
  }
}

/** The system's name of an error, such as `EROFS`; `undefined` without one. */
export function errnoOf(cause: unknown): string | undefined {
  if (cause instanceof CniError) return errnoOf(cause.cause);
  const isNamed = cause instanceof Error && "code" in cause;
  return isNamed && typeof cause.code === "string" ? cause.code : undefined;
}

/** Whether the system says that a place is not to be written to. */
export function isUnwritable(cause: unknown): boolean {
  return ["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT"]
    .includes(errnoOf(cause) ?? "");
}

/** Whether the system says that a file system does not have an operation. */
export function isUnsupported(cause: unknown): boolean {
  const errno = errnoOf(cause);
  if (errno !== undefined) {
    return ["EOPNOTSUPP", "ENOTSUP", "ENOSYS", "EINVAL", "ENOTTY", "ENOLCK"]
      .includes(errno);
  }
  // Deno names only the errors that it knows.
  return cause instanceof Error &&
    /\(os error (22|25|37|38|95|524)\)/.test(cause.message);
}
