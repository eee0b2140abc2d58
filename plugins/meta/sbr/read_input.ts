import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import { requireChained } from "../../shared/chained/mod.ts";
import { parseSbrConfig, type SbrConfig } from "./config.ts";
import { type Source, sourcesIn } from "./sources.ts";

/** The input of an ADD or a CHECK, checked. */
export interface SbrInput {
  readonly config: SbrConfig;
  /** The interface's name in the container. */
  readonly ifname: string;
  /** The result of the plugins before this one. */
  readonly prevResult: Result;
  /** The interface's addresses; at least one. */
  readonly sources: readonly Source[];
}

/**
 * Reads the input of an ADD or a CHECK.
 *
 * @throws {CniError} Code 7.
 */
export function readInput(request: Request): SbrInput {
  const { ifname } = request;
  const config = parseSbrConfig(request.config);
  const prevResult = requireChained(request, {
    message: "This plugin must be called as chained plugin",
    details: "there is no prevResult: put sbr after another plugin",
  });
  const sources = sourcesIn(prevResult, ifname);
  if (sources.length > 0) return { config, ifname, prevResult, sources };
  const message = `No IP addresses supplied on interface: ${ifname}`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `prevResult.ips has none for "${ifname}": give the plugin ` +
      "before sbr an ipam",
  });
}
