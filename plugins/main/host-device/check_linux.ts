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
import { parseHostDeviceConfig } from "./config.ts";
import { isUserspace } from "./devices.ts";
import { readSysfs } from "./facts_linux.ts";
import { originOf } from "./plan.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * the device, its addresses and routes must be there as stated, and the name
 * by which it finds back. What later plugins of the chain may have added is
 * left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkHostDevice(
  request: Request,
  context: Context,
): Promise<void> {
  const { selector } = parseHostDeviceConfig(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const [links, sysfs] = await Promise.all([
    requireSandbox(netns, { run, override }),
    readSysfs(selector, run),
  ]);
  await delegateIpam(request, context);
  const { interfaces = [], routes = [] } = prevResult;
  // A program has it, and the container no link.
  if (isUserspace(sysfs)) {
    const isStated = interfaces.some(({ name, sandbox }) =>
      name === ifname && sandbox === netns
    );
    if (isStated) return;
    const why = "prevResult.interfaces does not have it";
    throw differs(`interface "${ifname}" in ${netns}`, why);
  }
  const link = checkContainerLink(links, interfaces, { netns, ifname });
  if (originOf(link) === undefined) {
    const why = `its alias is "${link.alias}": expected its name in the host`;
    throw differs(`interface "${ifname}"`, why);
  }
  checkAddresses(link, ipsOf(prevResult, { netns, ifname }));
  await checkRoutes(routes, { netns, run });
}
