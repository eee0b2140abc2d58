import {
  type Cidr,
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../lib/net/mod.ts";
import {
  type IpStep,
  ipStep,
  type Place,
  type Step,
  type SysctlStep,
  sysctlStep,
} from "../../lib/linux/mod.ts";
import {
  CniCode,
  CniError,
  type IpConfig,
  type Route,
} from "../../lib/spec/mod.ts";
import { type Addressing, nextHopOf } from "./addresses.ts";

/** How an interface that could not be made under its name gets it. */
export interface Rename {
  /** The name that it bears until then. */
  readonly from: string;
  /** What gives it the name. */
  readonly step: IpStep;
}

/** How {@linkcode interfaceSteps} is to treat an interface. */
export interface InterfaceOptions {
  /**
   * Whether IPv6 addresses can be used at once, without duplicate address
   * detection: on a link where nobody else can have them.
   */
  readonly isAlone?: boolean;
  /** Whether the interface is up already, under its name. */
  readonly isUp?: boolean | undefined;
  /** The interface's way to its name; absent if it bears it already. */
  readonly rename?: Rename | undefined;
  /** Whether the subnets get no routes of their own by the kernel. */
  readonly withoutSubnetRoutes?: boolean;
  /** What is to be done when the link is up, before routes are added. */
  readonly beforeRoutes?: readonly Step[];
}

/**
 * The steps that give the container's interface its addresses, set it up and
 * add its routes. IPv6 is enabled where it is needed; the last step then shows
 * the interface, since duplicate address detection may have to be awaited: see
 * `awaitSettledAddresses`.
 *
 * @param addressing What the interface gets; absent, it is only set up.
 */
export function interfaceSteps(
  ifname: string,
  addressing: Addressing | undefined,
  options: InterfaceOptions = {},
): readonly Step[] {
  const { isUp = false, beforeRoutes = [] } = options;
  const up = isUp ? [] : [setUpStep("sandbox", ifname)];
  const rename = isUp ? undefined : options.rename;
  const naming = rename === undefined ? [] : [rename.step];
  if (addressing === undefined) return [...naming, ...up];
  const { ips, routes } = addressing;
  const cidrs = ips.map((ip) => parseCidr(ip.address));
  const hasIpv6 = cidrs.some(({ address }) => address.family === 6);
  return [
    // By the first name, so that all lines for ip follow each other.
    ...(hasIpv6 ? ipv6Steps(rename?.from ?? ifname) : []),
    ...naming,
    ...cidrs.map((cidr) => addressStep("sandbox", cidr, ifname, options)),
    ...up,
    ...beforeRoutes,
    ...routes.map((route) => routeStep(route, ips, ifname)),
    ...(hasIpv6 ? [showStep(ifname)] : []),
  ];
}

/** The step that sets a link up. */
export function setUpStep(place: Place, name: string): IpStep {
  return ipStep(place, `set "${name}" up`, ["link", "set", "dev", name, "up"]);
}

/** The step that shows the container's interface. */
export function showStep(ifname: string): IpStep {
  return ipStep("sandbox", `read the addresses of "${ifname}"`, [
    ...["addr", "show", "dev", ifname],
  ]);
}

/** The step that adds an address to a link. */
export function addressStep(
  place: Place,
  cidr: Cidr,
  name: string,
  { isAlone = false, withoutSubnetRoutes = false }: InterfaceOptions = {},
): IpStep {
  const isIpv4 = cidr.address.family === 4;
  const broadcast = isIpv4 && cidr.prefixBits <= 30 ? ["broadcast", "+"] : [];
  const flags = [
    ...(isAlone && !isIpv4 ? ["nodad"] : []),
    ...(withoutSubnetRoutes ? ["noprefixroute"] : []),
  ];
  return ipStep(place, `add address ${formatCidr(cidr)} to "${name}"`, [
    ...["addr", "add", formatCidr(cidr), ...broadcast, "dev", name, ...flags],
  ]);
}

/**
 * The step that adds a route in the container, by its own next hop or the
 * gateway of one of the addresses.
 *
 * @throws {CniError} Code 7 for a scope that the kernel refuses.
 */
export function routeStep(
  route: Route,
  ips: readonly IpConfig[],
  ifname: string,
): IpStep {
  const gw = nextHopOf(route, ips);
  const destination = networkOf(parseCidr(route.dst));
  const { family } = destination.address;
  const isOtherFamily = gw !== undefined && parseAddress(gw).family !== family;
  const via = isOtherFamily ? ["via", familyWord(gw)] : ["via"];
  const scope = route.scope ?? (family === 4 ? 0 : undefined);
  // The kernel takes 0.0.0.0 for no next hop.
  if (family === 4 && gw !== undefined && gw !== "0.0.0.0") {
    // By its rules, one of IPv6 may be on the very link.
    requireScopeBelow(isOtherFamily ? 254 : 253, route, gw);
  }
  // `prepend` is the kernel's bare "create": a second route to a destination
  // is kept beside the first, so that several next hops may share the load.
  return ipStep("sandbox", `add the route to ${route.dst}`, [
    // The kernel refuses host bits, which configurations may well have.
    ...["route", "prepend", formatCidr(destination)],
    ...(gw === undefined ? [] : [...via, gw]),
    ...["dev", ifname],
    ...(route.priority ? ["metric", route.priority] : []),
    ...(route.table === undefined ? [] : ["table", route.table]),
    ...(scope === undefined ? [] : ["scope", scope]),
    ...(route.mtu ? ["mtu", route.mtu] : []),
    ...(route.advmss ? ["advmss", route.advmss] : []),
  ]);
}

/** Refuses a scope in which a route of IPv4 cannot have a next hop. */
function requireScopeBelow(
  limit: number,
  { dst, scope = 0 }: Route,
  gw: string,
) {
  if (scope < limit) return;
  throw new CniError(CniCode.InvalidConfig, `Cannot use the route to ${dst}`, {
    details:
      `its scope is ${scope}, and its next hop ${gw}: expected a scope ` +
      `below ${limit}, or neither gw nor an address with a gateway`,
  });
}

/** A kernel parameter that may be lacking, or not be ours to set. */
export function optionalSysctl(
  place: Place,
  key: string,
  value: string,
): SysctlStep {
  return { ...sysctlStep(place, key, value), optional: true };
}

/** The steps that have the host forward what it receives. */
export function forwardingSteps(
  families: ReadonlySet<4 | 6>,
): readonly SysctlStep[] {
  return [
    ...(families.has(4)
      ? [sysctlStep("host", "net/ipv4/ip_forward", "1")]
      : []),
    ...(families.has(6)
      ? [sysctlStep("host", "net/ipv6/conf/all/forwarding", "1")]
      : []),
  ];
}

function ipv6Steps(ifname: string): readonly SysctlStep[] {
  return [
    ...["lo", ifname].map((name) =>
      sysctlStep("sandbox", `net/ipv6/conf/${name}/disable_ipv6`, "0")
    ),
    sysctlStep("sandbox", `net/ipv6/conf/${ifname}/keep_addr_on_down`, "1"),
  ];
}

function familyWord(address: string): "inet" | "inet6" {
  return parseAddress(address).family === 4 ? "inet" : "inet6";
}
