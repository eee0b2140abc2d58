import { Shells } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";
import { addLimits } from "./add_linux.ts";
import { type BandwidthConfig, parseBandwidthConfig } from "./config.ts";

/** Sets the limits, if there are any; there is nothing to do without. */
export async function startAdd(
  request: Request,
  context: Context,
): Promise<Result> {
  const { config, prevResult } = readInput(request);
  const isLimited = (config.ingress ?? config.egress) !== undefined;
  if (!isLimited) return prevResult;
  await using shells = new Shells();
  const { run } = shells;
  return await addLimits(request, context, { config, prevResult, run });
}

/** What an ADD is told, checked. */
export interface BandwidthInput {
  readonly config: BandwidthConfig;
  /** The result of the plugins before this one. */
  readonly prevResult: Result;
}

/**
 * Reads what an ADD is told.
 *
 * @throws {CniError} Code 7.
 */
export function readInput(request: Request): BandwidthInput {
  return {
    config: parseBandwidthConfig(request),
    prevResult: requirePrevResult(request),
  };
}

/**
 * The result of the plugins before this one.
 *
 * @throws {CniError} Code 7 if there is none.
 */
export function requirePrevResult({ config }: Request): Result {
  const result = prevResultOf(config);
  if (result !== undefined) return result;
  const message = "must be called as a chained plugin";
  throw new CniError(CniCode.InvalidConfig, message, {
    details:
      "prevResult is absent: put bandwidth after the plugin that makes " +
      "the interface, in the list of plugins",
  });
}
