import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { requireChained } from "../../shared/chained/mod.ts";
import { type BandwidthConfig, parseBandwidthConfig } from "./config.ts";

/** The input of an ADD or a CHECK, checked. */
export interface BandwidthInput {
  readonly config: BandwidthConfig;
  /** The result of the plugins before this one. */
  readonly prevResult: Result;
}

/**
 * Reads the input of an ADD or a CHECK.
 *
 * @throws {CniError} Code 7.
 */
export function readInput(request: Request): BandwidthInput {
  return {
    config: parseBandwidthConfig(request),
    prevResult: requireChained(request, {
      message: "must be called as a chained plugin",
      details:
        "prevResult is absent: put bandwidth after the plugin that makes " +
        "the interface, in the list of plugins",
    }),
  };
}
