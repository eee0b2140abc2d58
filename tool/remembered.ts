import type { Runtime } from "../lib/runtime/mod.ts";
import { CniError } from "../lib/spec/mod.ts";
import type { Target } from "./targets.ts";

/**
 * A target with the arguments that it was attached with, as far as none are
 * given anew: CHECK and DEL are to be told the same as ADD.
 */
export function remembered(runtime: Runtime, target: Target): Target {
  const { network, attachment } = target;
  const cached = orUndefined(() =>
    runtime.cachedAttachment(network, attachment)
  );
  if (cached === undefined) return target;
  const { args = [], capabilityArgs = {} } = attachment;
  return {
    network,
    attachment: {
      ...attachment,
      args: args.length > 0 ? args : cached.args ?? [],
      capabilityArgs: { ...cached.capabilityArgs, ...capabilityArgs },
    },
  };
}

/** A cache that is broken must not stop a DEL. */
function orUndefined<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
