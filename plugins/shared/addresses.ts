import { type Family, parseAddress, parseCidr } from "../../lib/net/mod.ts";
import {
  CniCode,
  CniError,
  type IpConfig,
  type Result,
  type Route,
} from "../../lib/spec/mod.ts";

/** The addresses and routes of a container's interface. */
export interface Addressing {
  /** At least one. */
  readonly ips: readonly IpConfig[];
  readonly routes: readonly Route[];
}

/**
 * The addresses that the IPAM plugin gave, each given to one interface of the
 * result, and its routes.
 *
 * @param ipamType The IPAM plugin's name, for the message.
 * @param index The container's interface in `interfaces` of the result.
 * @throws {CniError} Code 999 if there is no address.
 */
export function requireAddresses(
  { ips = [], routes = [] }: Result,
  ipamType: string,
  index: number,
): Addressing {
  if (ips.length === 0) {
    const message = "IPAM plugin returned missing IP config";
    throw new CniError(CniCode.Internal, message, {
      details: `ipam.type is "${ipamType}", whose result has no ips: give it ` +
        "a range, or remove ipam where the plugin can do without",
    });
  }
  return { ips: ips.map((ip) => ({ ...ip, interface: index })), routes };
}

/** The next hop of a route: its own, else the first gateway of its family. */
export function nextHopOf(
  route: Route,
  ips: readonly IpConfig[],
): string | undefined {
  const family = parseCidr(route.dst).address.family;
  return route.gw ??
    ips.find((ip) =>
      ip.gateway !== undefined && familyOf(ip.gateway) === family
    )
      ?.gateway;
}

function familyOf(address: string): Family {
  return parseAddress(address).family;
}
