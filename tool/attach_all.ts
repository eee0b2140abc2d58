import type { AddReply } from "../lib/invoke/mod.ts";
import type { OperationOptions, Runtime } from "../lib/runtime/mod.ts";
import { CniError, toCniError } from "../lib/spec/mod.ts";
import type { Target } from "./targets.ts";

/** A target that was attached. */
export interface Attached {
  readonly target: Target;
  readonly reply: AddReply;
}

/**
 * Attaches all targets in order, or none: if one fails, or the signal comes,
 * those before it are detached again.
 */
export async function attachAll(
  runtime: Runtime,
  targets: readonly Target[],
  { options, signal }: {
    readonly options: OperationOptions;
    /** Takes everything back when it comes between two networks, too. */
    readonly signal: AbortSignal;
  },
): Promise<readonly Attached[]> {
  const attached: Attached[] = [];
  try {
    for (const target of targets) {
      const { network, attachment } = target;
      const how = { ...options, cleanUp: true };
      const reply = await runtime.add(network, attachment, how);
      attached.push({ target, reply });
      signal.throwIfAborted();
    }
    return attached;
  } catch (error) {
    const done = attached.map(({ target }) => target);
    // The signal that ended the work must not end its undoing.
    const { timeoutMs, onCall } = options;
    const how = { timeoutMs, onCall };
    const failures = await detachAll(runtime, done, how);
    if (failures.length === 0) throw error;
    const { code, message, details } = toCniError(error);
    const text = `the clean-up failed too: ${failures.join(", ")}`;
    throw new CniError(code, message, {
      details: details === "" ? text : `${details}; ${text}`,
      cause: error,
    });
  }
}

/**
 * Detaches all targets, last first, whatever fails.
 *
 * @returns What failed.
 */
export async function detachAll(
  runtime: Runtime,
  targets: readonly Target[],
  options: OperationOptions,
): Promise<readonly CniError[]> {
  const failures: CniError[] = [];
  for (const { network, attachment } of targets.toReversed()) {
    try {
      await runtime.del(network, attachment, options);
    } catch (failure) {
      failures.push(toCniError(failure));
    }
  }
  return failures;
}
