import {
  type Link,
  requireSandbox,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import {
  checkAddresses,
  checkContainerLink,
  checkRoutes,
  differs,
  ipsOf,
  requirePrevResult,
} from "../../shared/compare/mod.ts";
import { type MacvlanConfig, parseMacvlanConfig } from "./config.ts";
import { requireMaster } from "./master_linux.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * the interface must be on its master, in its mode, with addresses and routes
 * as stated. What later plugins of the chain may have added is left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult
 * or without the master.
 */
export async function checkMacvlan(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseMacvlanConfig(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const links = await requireSandbox(netns, { run, override });
  const master = await requireMaster(config, { netns, run });
  await delegateIpam(request, context);
  const { interfaces = [], routes = [] } = prevResult;
  const place = { netns, ifname, kind: "macvlan" };
  const link = checkContainerLink(links, interfaces, place);
  checkMode(link, config);
  checkMaster(link, master, config);
  checkAddresses(link, ipsOf(prevResult, place));
  await checkRoutes(routes, { netns, run });
}

function checkMode({ name, mode }: Link, config: MacvlanConfig): void {
  if (mode === config.mode) return;
  const why = `its mode is ${mode ?? "unknown"}: expected ${config.mode}`;
  throw differs(`interface "${name}"`, why);
}

// Which link it is on by default may rightly have changed since.
function checkMaster(
  { name, lower, peerIndex }: Link,
  master: Link,
  config: MacvlanConfig,
): void {
  if (config.master === undefined) return;
  const isOn = config.linkInContainer
    ? lower === master.name
    : lower === undefined && peerIndex === master.index;
  if (!isOn) {
    throw differs(`interface "${name}"`, `it is not on "${master.name}"`);
  }
}
