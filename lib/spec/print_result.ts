import { parseCidr } from "../net/mod.ts";
import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { type JsonObject, sortKeys } from "./json.ts";
import type { Dns, Interface, IpConfig, Result, Route } from "./result.ts";
import { resultFamilyOf } from "./result_family.ts";

/**
 * Writes a result in the shape of `version`, keys in the order in which the
 * Go library prints them, so that the texts can be compared.
 *
 * To 0.4.0, interfaces lose `mtu`, `socketPath` and `pciID`. To 0.2.0, only
 * the first address of each family is left, and of the routes those whose
 * family has an address, with `dst` and `gw`.
 *
 * @throws {CniError} Code 1 if `version` was never published, or if it is
 * 0.1.0 or 0.2.0 and the result has no address, which they cannot express.
 */
export function resultToJson(result: Result, version: string): JsonObject {
  switch (resultFamilyOf(version)) {
    case "ip4-ip6":
      return toOldest(result, version);
    case "versioned-ips":
      return toVersionedIps(result, version);
    case "ips":
      return sortKeys<JsonObject>({
        cniVersion: version,
        ...list("interfaces", result.interfaces?.map(interfaceToJson)),
        ...list("ips", result.ips?.map(ipToJson)),
        ...list("routes", result.routes?.map(routeToJson)),
        ...(isEmpty(result.dns) ? {} : { dns: dnsToJson(result.dns) }),
      });
  }
}

function toOldest(result: Result, version: string): JsonObject {
  const [ip4, ip6] = ([4, 6] as const).map((family) => {
    const ip = result.ips?.find((one) => familyOf(one.address) === family);
    if (ip === undefined) return undefined;
    const routes = result.routes
      ?.filter((route) => familyOf(route.dst) === family)
      .map(({ dst, gw }) => (gw === undefined ? { dst } : { dst, gw }));
    return { ip: ip.address, ...gatewayOf(ip), ...list("routes", routes) };
  });
  if (ip4 === undefined && ip6 === undefined) {
    const message = "cannot convert: no valid IP addresses";
    throw new CniError(CniCode.IncompatibleVersion, message, {
      details: `cniVersion is "${version}", whose results must have an ` +
        "address: use 0.3.0 or newer for a network without addresses",
    });
  }
  return {
    cniVersion: version,
    ...(ip4 === undefined ? {} : { ip4 }),
    ...(ip6 === undefined ? {} : { ip6 }),
    dns: dnsToJson(result.dns),
  };
}

function toVersionedIps(result: Result, version: string): JsonObject {
  const interfaces = result.interfaces?.map(({ name, mac, sandbox }) => ({
    name,
    ...(mac ? { mac } : {}),
    ...(sandbox ? { sandbox } : {}),
  }));
  const ips = result.ips?.map((ip) => ({
    version: String(familyOf(ip.address)),
    ...ipToJson(ip),
  }));
  return {
    cniVersion: version,
    ...list("interfaces", interfaces),
    ...list("ips", ips),
    ...list("routes", result.routes?.map(routeToJson)),
    dns: dnsToJson(result.dns),
  };
}

function interfaceToJson(link: Interface): JsonObject {
  const { name, mac, mtu, sandbox, socketPath, pciID } = link;
  return {
    name,
    ...(mac ? { mac } : {}),
    ...(mtu ? { mtu } : {}),
    ...(sandbox ? { sandbox } : {}),
    ...(socketPath ? { socketPath } : {}),
    ...(pciID ? { pciID } : {}),
  };
}

function ipToJson(ip: IpConfig): JsonObject {
  return {
    ...(ip.interface === undefined ? {} : { interface: ip.interface }),
    address: ip.address,
    ...gatewayOf(ip),
  };
}

function routeToJson(route: Route): JsonObject {
  const { dst, gw, mtu, advmss, priority, table, scope } = route;
  return {
    dst,
    ...(gw === undefined ? {} : { gw }),
    ...(mtu ? { mtu } : {}),
    ...(advmss ? { advmss } : {}),
    ...(priority ? { priority } : {}),
    ...(table === undefined ? {} : { table }),
    ...(scope === undefined ? {} : { scope }),
  };
}

function dnsToJson(dns: Dns = {}): JsonObject {
  return {
    ...list("nameservers", dns.nameservers),
    ...(dns.domain ? { domain: dns.domain } : {}),
    ...list("search", dns.search),
    ...list("options", dns.options),
  };
}

function isEmpty(dns: Dns | undefined): boolean {
  return Object.keys(dnsToJson(dns)).length === 0;
}

function gatewayOf(ip: IpConfig): { gateway?: string } {
  return ip.gateway === undefined ? {} : { gateway: ip.gateway };
}

/** The list under its key, unless it is absent or empty. */
function list(
  key: string,
  items: readonly object[] | readonly string[] | undefined,
): JsonObject {
  return items === undefined || items.length === 0
    ? {}
    : { [key]: items as JsonObject[string] };
}

function familyOf(cidr: string): 4 | 6 {
  return parseCidr(cidr).address.family;
}
