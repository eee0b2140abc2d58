import {
  isAtLeast,
  isJsonObject,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import {
  demand,
  Skip,
  type Stage,
  type StageSandbox,
  whyUnusable,
} from "../../suite/mod.ts";

/** A container that was added, and what its further calls need. */
export interface Attached {
  readonly sandbox: StageSandbox;
  /** What ADD printed. */
  readonly result: JsonObject;
  /** stdin of its CHECK and DEL. */
  readonly input: JsonObject;
}

/** What an ADD would need, of whatever kind the plugin is. */
export interface Ready {
  readonly sandbox: StageSandbox;
  /** stdin of its ADD. */
  readonly input: JsonObject;
}

/** Makes a container, ready for an ADD: for a chained plugin with a link. */
export async function prepare(
  stage: Stage,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Ready> {
  const sandbox = await stage.addSandbox();
  if (stage.subject.profile?.kind !== "chained") {
    return { sandbox, input: stage.config(keys) };
  }
  if (!isAtLeast(stage.version, "0.3.0")) {
    throw new Skip(`version ${stage.version} knows no chains`);
  }
  const prevResult = await stage.addPrevious(sandbox);
  return { sandbox, input: stage.config({ ...keys, prevResult }) };
}

/** Makes a container and calls ADD for it, which must succeed. */
export async function attach(
  stage: Stage,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Attached> {
  const { sandbox, input } = await prepare(stage, keys);
  const result = await stage.mustCall("ADD", sandbox, { stdin: input });
  demand(result !== undefined, "ADD succeeds without a result on stdout");
  return { sandbox, result, input: laterInput(stage, result, keys) };
}

/** stdin of a CHECK or DEL: with the result of the ADD, where that is known. */
export function laterInput(
  stage: Stage,
  result: JsonObject,
  keys: Readonly<Record<string, unknown>> = {},
): JsonObject {
  // Versions before know no prevResult in DEL, and no CHECK.
  return isAtLeast(stage.version, "0.4.0")
    ? stage.config({ ...keys, prevResult: result })
    : stage.config(keys);
}

/**
 * A container for a call that must fail for one reason alone: added, if the
 * plugin's profile says how and it can be, so that all else is well.
 */
export async function attachIfKnown(stage: Stage): Promise<Ready> {
  if (whyUnusable(stage.subject) !== undefined) {
    return { sandbox: await stage.addSandbox(), input: stage.config() };
  }
  const ready = await prepare(stage);
  const { sandbox, input } = ready;
  const { status, stdout } = await stage.call("ADD", sandbox, { stdin: input });
  // That ADD fails is what other cases tell.
  if (status !== 0) return ready;
  const result: unknown = parseOrNothing(stdout);
  return isJsonObject(result)
    ? { sandbox, input: laterInput(stage, result) }
    : ready;
}

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
