import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";
import { parsePortmapConfig, type PortmapConfig } from "./config.ts";
import { type Forwarding, forwardingsOf } from "./forwarding.ts";

/** What an ADD is to do, all of it checked. */
export interface PreparedAdd {
  readonly config: PortmapConfig;
  readonly prevResult: Result;
  readonly forwardings: readonly Forwarding[];
}

/**
 * Reads what an ADD is to do.
 *
 * @throws {CniError} Code 7.
 */
export function prepareAdd(request: Request): PreparedAdd {
  const config = parsePortmapConfig(request);
  const prevResult = prevResultOf(request.config);
  if (prevResult === undefined) {
    const message = "must be called as chained plugin";
    throw new CniError(CniCode.InvalidConfig, message, {
      details:
        "prevResult is absent: put portmap after the plugin that makes " +
        "the interface, in the list's plugins",
    });
  }
  const forwardings = forwardingsOf(request, config, prevResult);
  return { config, prevResult, forwardings };
}
