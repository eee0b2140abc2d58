import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import {
  type Link,
  requireSandbox,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Route } from "../../../lib/spec/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import {
  checkAddresses,
  checkContainerLink,
  checkRoutes,
  checkVethPeer,
  ipsOf,
  requirePrevResult,
} from "../../shared/compare/mod.ts";
import { parsePtpConfig } from "./config.ts";
import {
  gatewayCidrs,
  type Hop,
  hopsOf,
  hostCidr,
  sourceRoutes,
} from "./routing.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * pair, addresses and routes must be there as stated, in the container and in
 * the host. What later plugins of the chain may have added is left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkPtp(
  request: Request,
  context: Context,
): Promise<void> {
  parsePtpConfig(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const links = await requireSandbox(netns, { run, override });
  await delegateIpam(request, context);
  const { interfaces = [], routes = [] } = prevResult;
  const place = { netns, ifname, kind: "veth" };
  const container = checkContainerLink(links, interfaces, place);
  const inHost = interfaces.filter((one) => !one.sandbox);
  const peer = await checkVethPeer(container, inHost, run);
  const ips = ipsOf(prevResult, place);
  checkAddresses(container, ips);
  const hops = hopsOf(ips);
  await Promise.all([
    checkRoutes([...sourceRoutes(hops).map(routeOf), ...routes], {
      netns,
      run,
    }),
    checkHost(peer, hops, run),
  ]);
}

async function checkHost(
  peer: Link,
  hops: readonly Hop[],
  run: Run,
): Promise<void> {
  const gateways = gatewayCidrs(hops)
    .map((cidr) => ({ address: formatCidr(cidr) }));
  checkAddresses(peer, gateways);
  const routes = hops.map(({ cidr }) => ({
    dst: formatCidr(hostCidr(cidr.address)),
  }));
  await checkRoutes(routes, { dev: peer.name, run });
}

function routeOf(
  { dst, via }: ReturnType<typeof sourceRoutes>[number],
): Route {
  return {
    dst: formatCidr(dst),
    ...(via === undefined ? {} : { gw: formatAddress(via) }),
  };
}
