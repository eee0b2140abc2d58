import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { requireChained } from "../../shared/chained/mod.ts";
import { parsePortmapConfig, type PortmapConfig } from "./config.ts";
import { type Forwarding, forwardingsOf } from "./forwarding.ts";

/** The input of an ADD or a CHECK, checked. */
export interface PortmapInput {
  readonly config: PortmapConfig;
  /** The result of the plugins before this one. */
  readonly prevResult: Result;
  readonly forwardings: readonly Forwarding[];
}

/**
 * Reads the input of an ADD or a CHECK.
 *
 * @throws {CniError} Code 7.
 */
export function readInput(request: Request): PortmapInput {
  const config = parsePortmapConfig(request);
  const prevResult = requireChained(request, {
    message: "must be called as chained plugin",
    details: "prevResult is absent: put portmap after the plugin that makes " +
      "the interface, in the list's plugins",
  });
  const forwardings = forwardingsOf(request, config, prevResult);
  return { config, prevResult, forwardings };
}
