import {
  readLinks,
  requireSandbox,
  runCommand,
} from "../../../lib/linux/mod.ts";
import { ipsOf } from "../../../lib/spec/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  checkAddresses,
  checkContainerLink,
  checkRoutes,
  findStated,
  requirePrevResult,
} from "../compare/mod.ts";
import { delegateIpam } from "../ipam.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * interface, addresses and routes must be there as stated. What later plugins
 * of the chain may have added is left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkInterface<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: {
    readonly request: Request;
    readonly context: Context;
  },
): Promise<void> {
  const config = kind.parse(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const { interfaces = [], routes = [] } = prevResult;
  const hostNames = interfaces.filter(({ sandbox }) => !sandbox)
    .map(({ name }) => name);
  const [links, isLinkless, hostLinks] = await Promise.all([
    requireSandbox(netns, { run, override }),
    kind.isLinkless?.(config, run),
    readLinks(hostNames, run),
  ]);
  await delegateIpam(request, context);
  const place = { netns, ifname, kind: kind.linkKind };
  if (isLinkless) {
    findStated(interfaces, place);
    return;
  }
  const link = checkContainerLink(links, interfaces, place);
  await kind.compare?.({
    ...{ link, config, request, prevResult, hostLinks, run },
  });
  checkAddresses(link, ipsOf(prevResult, ifname));
  await checkRoutes(routes, { netns, run });
}
