import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import type { Link, Run } from "../../../lib/linux/mod.ts";
import { ipsOf, type Route } from "../../../lib/spec/mod.ts";
import {
  checkAddresses,
  checkRoutes,
  checkVethPeer,
} from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import type { PtpConfig } from "./config.ts";
import {
  gatewayCidrs,
  type Hop,
  hopsOf,
  hostCidr,
  sourceRoutes,
} from "./routing.ts";

/**
 * Looks for the other end of the pair, and for what routes between container
 * and host.
 *
 * @throws {CniError} Code 999, naming what differs.
 */
export async function comparePtp(
  { link, request, prevResult, hostLinks: links, run }: Found<PtpConfig>,
): Promise<void> {
  const { netns, ifname } = request;
  const candidates = (prevResult.interfaces ?? [])
    .filter((one) => !one.sandbox);
  const peer = checkVethPeer(link, { candidates, links });
  const ips = ipsOf(prevResult, ifname);
  // Before the routes, which go with their addresses.
  checkAddresses(link, ips);
  const hops = hopsOf(ips);
  await Promise.all([
    checkRoutes(sourceRoutes(hops).map(routeOf), { netns, run }),
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
