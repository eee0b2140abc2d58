import { requireSandbox, runCommand } from "../../../lib/linux/mod.ts";
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
import { parseTapConfig } from "./config.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * the device, its bridge, addresses and routes must be there as stated. What
 * later plugins of the chain may have added is left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkTap(
  request: Request,
  context: Context,
): Promise<void> {
  const { bridge } = parseTapConfig(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const links = await requireSandbox(netns, { run, override });
  await delegateIpam(request, context);
  const { interfaces = [], routes = [] } = prevResult;
  // The kernel's name for tap devices as well.
  const place = { netns, ifname, kind: "tun" };
  const link = checkContainerLink(links, interfaces, place);
  if (bridge !== undefined && link.master !== bridge) {
    const found = link.master === undefined ? "none" : `"${link.master}"`;
    const why = `its bridge is ${found}: expected "${bridge}"`;
    throw differs(`interface "${ifname}"`, why);
  }
  checkAddresses(link, ipsOf(prevResult, place));
  await checkRoutes(routes, { netns, run });
}
