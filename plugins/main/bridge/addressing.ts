import {
  addressBits,
  type Cidr,
  cidrsOverlap,
  formatAddress,
  formatCidr,
  networkOf,
  offsetAddress,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { Link, LinkAddress } from "../../../lib/linux/mod.ts";
import {
  CniCode,
  CniError,
  type IpConfig,
  type Route,
} from "../../../lib/spec/mod.ts";
import { type Addressing, IPV6_MTU_BYTES } from "../../shared/mod.ts";
import type { BridgeConfig } from "./config.ts";

/** The addresses and routes of an attachment, and those of the bridge. */
export interface BridgeAddressing extends Addressing {
  /** What the bridge must bear: the gateways, each with its subnet's length. */
  readonly gateways: readonly Cidr[];
}

/** What to change of the addresses of the link that bears the gateways'. */
export interface GatewayAddressChange {
  readonly remove: readonly Cidr[];
  readonly add: readonly Cidr[];
}

const DEFAULT_ROUTE = { 4: "0.0.0.0/0", 6: "::/0" } as const;

/**
 * Completes what the IPAM plugin gave: missing gateways (the first address of
 * the subnet) and default routes.
 */
export function completeAddressing(
  { ips, routes }: Addressing,
  config: BridgeConfig,
): BridgeAddressing {
  const completed = ips.map((ip) => ({
    ...ip,
    ...(config.isGateway && ip.gateway === undefined
      ? { gateway: firstAddress(ip.address) }
      : {}),
  }));
  return {
    ips: completed,
    routes: config.isDefaultGateway
      ? [...routes, ...missingDefaults(completed, routes)]
      : routes,
    gateways: config.isGateway ? completed.map(gatewayCidr) : [],
  };
}

/**
 * Compares a link's addresses with the gateways that it must bear. An IPv4
 * address is in the way if it is none of them, an IPv6 address if its subnet
 * also overlaps one of theirs; link-local ones never are.
 *
 * @throws {CniError} Code 7 if an address is in the way and may not be removed,
 * or if the link's MTU is too small for IPv6.
 */
export function planGatewayAddresses(
  { name, link }: { name: string; link: Link | undefined },
  gateways: readonly Cidr[],
  { forceAddress }: BridgeConfig,
): GatewayAddressChange {
  const present = link?.addresses ?? [];
  const texts = new Set(present.map(({ cidr }) => formatCidr(cidr)));
  const wanted = uniqueCidrs(gateways);
  const remove = present.filter((one) => isInTheWay(one, wanted))
    .map(({ cidr }) => cidr);
  if (remove.length > 0 && !forceAddress) {
    throw conflictError(remove, wanted, name);
  }
  const add = wanted.filter((cidr) => !texts.has(formatCidr(cidr)));
  refuseSmallBridge(link, add);
  return { remove, add };
}

function refuseSmallBridge(link: Link | undefined, add: readonly Cidr[]): void {
  if (link === undefined || link.mtuBytes >= IPV6_MTU_BYTES) return;
  const ipv6 = add.find(({ address }) => address.family === 6);
  if (ipv6 === undefined) return;
  const message = `Cannot give "${link.name}" an IPv6 address`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `its MTU is ${link.mtuBytes}, and ${formatCidr(ipv6)} is IPv6, ` +
      `which needs ${IPV6_MTU_BYTES} bytes: ip link set dev ${link.name} mtu ` +
      "1500, or give no IPv6 addresses",
  });
}

function missingDefaults(
  ips: readonly IpConfig[],
  routes: readonly Route[],
): readonly Route[] {
  return ([4, 6] as const).flatMap((family) => {
    const ip = ips.find((one) =>
      parseCidr(one.address).address.family === family
    );
    const dst = DEFAULT_ROUTE[family];
    // One without a next hop gets the gateway when it is added to the kernel.
    const isThere = routes.some((route) =>
      formatCidr(networkOf(parseCidr(route.dst))) === dst
    );
    return ip?.gateway === undefined || isThere
      ? []
      : [{ dst, gw: ip.gateway }];
  });
}

function isInTheWay(
  { cidr, scope }: LinkAddress,
  wanted: readonly Cidr[],
): boolean {
  const family = cidr.address.family;
  const rivals = wanted.filter((one) => one.address.family === family);
  const isWanted = rivals.some((one) => formatCidr(one) === formatCidr(cidr));
  if (isWanted || rivals.length === 0) return false;
  if (family === 4) return true;
  return scope !== "link" && rivals.some((one) => cidrsOverlap(one, cidr));
}

function conflictError(
  found: readonly Cidr[],
  wanted: readonly Cidr[],
  bridge: string,
): CniError {
  const foundText = found.map(formatCidr).join(", ");
  const wantedText = wanted.map(formatCidr).join(", ");
  const message =
    `"${bridge}" already has an IP address different from ${wantedText}`;
  return new CniError(CniCode.InvalidConfig, message, {
    details:
      `bridge "${bridge}" has ${foundText}: give this network a bridge ` +
      "of its own (key bridge), or set forceAddress to true to replace the " +
      "address, which cuts off the containers that use it",
  });
}

function firstAddress(cidrText: string): string {
  const first = offsetAddress(networkOf(parseCidr(cidrText)).address, 1n);
  if (first !== undefined) return formatAddress(first);
  throw new RangeError(`Cannot find a gateway in ${cidrText}`);
}

function gatewayCidr(ip: IpConfig & { gateway?: string }): Cidr {
  const { prefixBits } = parseCidr(ip.address);
  const address = parseAddress(ip.gateway ?? firstAddress(ip.address));
  // A gateway of the other family keeps the length if that family has it.
  const bits = Math.min(prefixBits, addressBits(address.family));
  return { address, prefixBits: bits };
}

function uniqueCidrs(cidrs: readonly Cidr[]): readonly Cidr[] {
  const byText = new Map(cidrs.map((cidr) => [formatCidr(cidr), cidr]));
  return [...byText.values()];
}
