import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import type { Fields, IpConfig } from "../../../lib/spec/mod.ts";
import {
  gatewayAt,
  hostAt,
  placeOf,
  refused,
  refuseOwnGateway,
} from "./place.ts";
import { joinRequested, readCniArgs, type StaticAddress } from "./requested.ts";

/**
 * Collects the addresses. `runtimeConfig.ips` takes the place of all others,
 * else `args.cni.ips` does; without them, `IP` in `CNI_ARGS` adds to
 * `ipam.addresses`. What is replaced is not looked at, but for `CNI_ARGS`,
 * which is read whatever comes of it.
 *
 * @param fields The whole network configuration.
 * @param ipam Its `ipam` section.
 * @param cniArgs The text of `CNI_ARGS`.
 * @throws {CniError} Code 7, or 4 for `CNI_ARGS`, if an address or a gateway
 * is none that a host can have, stands there twice, or does not fit.
 */
export function readAddresses(
  fields: Fields,
  ipam: Fields,
  cniArgs: string,
): readonly IpConfig[] {
  const requested = readCniArgs(cniArgs);
  const addresses = readList(fields.fields("runtimeConfig")) ??
    readList(fields.fields("args")?.fields("cni")) ??
    joinRequested(readConfigured(ipam), requested);
  refuseRepeats(addresses);
  return addresses.map(({ cidr, gateway }) => ({
    address: formatCidr(cidr),
    ...(gateway === undefined ? {} : { gateway: formatAddress(gateway) }),
  }));
}

function readConfigured(ipam: Fields): readonly StaticAddress[] {
  return (ipam.fieldsList("addresses") ?? []).map((item) => {
    const place = placeOf(item, "address");
    const cidr = hostAt(place, item.json("address"));
    const text = item.string("gateway");
    if (!text) return { ...place, cidr };
    const gatewayPlace = placeOf(item, "gateway");
    const gateway = gatewayAt(gatewayPlace, text);
    refuseOwnGateway(gatewayPlace, cidr, gateway);
    return { ...place, cidr, gateway };
  });
}

/** The addresses of a list `ips`; `undefined` if it has none. */
function readList(
  fields: Fields | undefined,
): readonly StaticAddress[] | undefined {
  const items = fields?.list("ips") ?? [];
  if (fields === undefined || items.length === 0) return undefined;
  return items.map((item, index) => {
    const place = placeOf(fields, `ips[${index}]`);
    return { ...place, cidr: hostAt(place, item) };
  });
}

function refuseRepeats(addresses: readonly StaticAddress[]): void {
  const keys = new Map<string, string>();
  for (const address of addresses) {
    const { cidr, key } = address;
    const text = formatAddress(cidr.address);
    const first = keys.get(text);
    if (first !== undefined) {
      const expected = `an address that ${first} does not name already`;
      throw refused(address, formatCidr(cidr), expected);
    }
    keys.set(text, key);
  }
}
