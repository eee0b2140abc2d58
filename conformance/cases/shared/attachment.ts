import type { JsonObject } from "../../../lib/spec/mod.ts";
import {
  type CallOptions,
  demand,
  Skip,
  type Stage,
  type StageSandbox,
} from "../../suite/mod.ts";
import { SINCE_0_3_0, SINCE_0_4_0 } from "./kind_cases.ts";
import { readStated, type StatedResult } from "./stated_result.ts";

/** How an attachment differs from what the profile says. */
export interface AttachOptions extends Pick<CallOptions, "ifname" | "args"> {
  /** Keys over the configuration, for each of its calls. */
  readonly keys?: Readonly<Record<string, unknown>>;
  /** `prevResult` of ADD, for a chained plugin. */
  readonly prevResult?: JsonObject;
}

/** A container that was added to a network. */
export interface Attachment {
  readonly sandbox: StageSandbox;
  readonly ifname: string;
  /** What ADD printed. */
  readonly result: JsonObject;
  readonly stated: StatedResult;
  /** Calls DEL, which must succeed. */
  remove(): Promise<void>;
  /** Options for a CHECK of it. */
  readonly check: CallOptions;
}

/** Calls ADD, which must succeed, for a container. */
export async function attach(
  stage: Stage,
  sandbox: StageSandbox,
  { keys, prevResult, ...options }: AttachOptions = {},
): Promise<Attachment> {
  const stdin = stage.config({ ...keys, prevResult });
  const result = await stage.mustCall("ADD", sandbox, { ...options, stdin });
  const stated = readStated(result);
  demand(result !== undefined, "ADD succeeded without a result on stdout");
  const given = SINCE_0_4_0.includes(stage.version) ? result : undefined;
  const later = {
    ...options,
    stdin: stage.config({ ...keys, prevResult: given }),
  };
  return {
    sandbox,
    ifname: options.ifname ?? sandbox.ifname,
    result,
    stated,
    remove: async () => {
      await stage.mustCall("DEL", sandbox, later);
    },
    check: later,
  };
}

/** As {@linkcode attach}, for a container of its own. */
export async function attachNew(
  stage: Stage,
  options: AttachOptions = {},
): Promise<Attachment> {
  return attach(stage, await stage.addSandbox(), options);
}

/**
 * Calls CHECK before something is taken away, for cases about what it notices.
 *
 * @throws {Skip} If it fails already: cases about the life cycle tell of that.
 */
export async function passCheck(
  stage: Stage,
  sandbox: StageSandbox,
  options: CallOptions,
): Promise<void> {
  const { status } = await stage.call("CHECK", sandbox, options);
  if (status !== 0) throw new Skip("CHECK fails already right after ADD");
}

/** Whether results of a version have `interfaces`. */
export function hasInterfaces(version: string): boolean {
  return SINCE_0_3_0.includes(version);
}
