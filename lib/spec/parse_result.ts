import {
  formatAddress,
  formatCidr,
  parseAddress,
  parseCidr,
} from "../net/mod.ts";
import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { Fields } from "./fields.ts";
import { describe, type JsonObject } from "./json.ts";
import type { Dns, Interface, IpConfig, Result, Route } from "./result.ts";
import { resultFamilyOf, versionsOfFamily } from "./result_family.ts";

/**
 * Reads a result of any version into the shape of the newest one. Addresses
 * are checked and put into canonical text, host bits kept; unknown keys are
 * dropped; `ip4` and `ip6` of the two oldest versions become `ips` and
 * `routes`, IPv4 first.
 *
 * @param object The result; its `cniVersion` may be absent or empty for 0.1.0
 * and 0.2.0.
 * @param expectedVersion The version asked for. The result's own must be of
 * the same shape: 0.1.0 to 0.2.0, 0.3.0 to 0.4.0, or from 1.0.0 on.
 * @param path Where the result stands, for messages: `prevResult`.
 * @throws {CniError} Code 1 if the versions do not fit, code 7 if a value is
 * of a wrong type or no address.
 */
export function parseResult(
  object: JsonObject,
  expectedVersion: string,
  path = "",
): Result {
  const fields = new Fields(object, path);
  const family = resultFamilyOf(expectedVersion);
  const ownVersion = fields.string("cniVersion") ||
    (family === "ip4-ip6" ? "0.1.0" : "");
  const versions = versionsOfFamily(family);
  if (!versions.includes(ownVersion)) {
    const message = `result type supports [${versions.join(" ")}] but ` +
      `unmarshalled CNIVersion is ${describe(ownVersion)}`;
    throw new CniError(CniCode.IncompatibleVersion, message, {
      details: `the configuration asks for version ${expectedVersion}`,
    });
  }
  return family === "ip4-ip6" ? parseOldest(fields) : parseLists(fields);
}

/** Reads a `dns` object; a key that is absent or empty is left out. */
export function parseDns(fields: Fields): Dns {
  const domain = fields.string("domain");
  return {
    ...listOf("nameservers", fields.strings("nameservers")),
    ...(domain ? { domain } : {}),
    ...listOf("search", fields.strings("search")),
    ...listOf("options", fields.strings("options")),
  };
}

/**
 * Reads a route; `mtu`, `advmss` and `priority` of 0 are the same as absent.
 *
 * @throws {CniError} Code 7 if `dst` is missing or any value is not as it
 * should be.
 */
export function parseRoute(fields: Fields): Route {
  const gw = addressAt(fields, "gw");
  const mtu = fields.integer("mtu");
  const advmss = fields.integer("advmss");
  const priority = fields.integer("priority");
  const table = fields.integer("table");
  const scope = fields.integer("scope");
  return {
    dst: cidrAt(fields, "dst"),
    ...(gw === undefined ? {} : { gw }),
    ...(mtu ? { mtu } : {}),
    ...(advmss ? { advmss } : {}),
    ...(priority ? { priority } : {}),
    ...(table === undefined ? {} : { table }),
    ...(scope === undefined ? {} : { scope }),
  };
}

/** The shape of 0.1.0 and 0.2.0: one address a family, each with its routes. */
function parseOldest(fields: Fields): Result {
  const ips: IpConfig[] = [];
  const routes: Route[] = [];
  for (const key of ["ip4", "ip6"]) {
    const ip = fields.fields(key);
    if (ip === undefined) continue;
    ips.push(ipAt(ip, "ip"));
    routes.push(...routesAt(ip));
  }
  return compact(fields, { ips, routes, interfaces: [] });
}

/** The shape since 0.3.0; `ips[].version` is implied by the address. */
function parseLists(fields: Fields): Result {
  const interfaces = (fields.fieldsList("interfaces") ?? []).map(
    parseInterface,
  );
  const ips = (fields.fieldsList("ips") ?? []).map((ip) => {
    const index = ip.integer("interface");
    const parsed = ipAt(ip, "address");
    return index === undefined ? parsed : { ...parsed, interface: index };
  });
  return compact(fields, { interfaces, ips, routes: routesAt(fields) });
}

function parseInterface(fields: Fields): Interface {
  const mac = fields.string("mac");
  const mtu = fields.integer("mtu");
  const sandbox = fields.string("sandbox");
  const socketPath = fields.string("socketPath");
  const pciID = fields.string("pciID");
  return {
    name: fields.string("name") ?? "",
    ...(mac ? { mac } : {}),
    ...(mtu ? { mtu } : {}),
    ...(sandbox ? { sandbox } : {}),
    ...(socketPath ? { socketPath } : {}),
    ...(pciID ? { pciID } : {}),
  };
}

function ipAt(fields: Fields, key: string): IpConfig {
  const gateway = addressAt(fields, "gateway");
  const address = cidrAt(fields, key);
  return gateway === undefined ? { address } : { address, gateway };
}

function routesAt(fields: Fields): readonly Route[] {
  return (fields.fieldsList("routes") ?? []).map(parseRoute);
}

function addressAt(fields: Fields, key: string): string | undefined {
  const text = fields.string(key);
  if (!text) return undefined;
  const expected = "an address such as 10.0.0.1";
  return converted(
    fields,
    key,
    expected,
    () => formatAddress(parseAddress(text)),
  );
}

function cidrAt(fields: Fields, key: string): string {
  const expected = "an address with its prefix length, such as 10.0.0.1/24";
  const text = fields.string(key);
  if (text === undefined) throw fields.invalid(key, expected);
  return converted(fields, key, expected, () => formatCidr(parseCidr(text)));
}

function converted(
  fields: Fields,
  key: string,
  expected: string,
  convert: () => string,
): string {
  try {
    return convert();
  } catch (cause) {
    if (cause instanceof SyntaxError) throw fields.invalid(key, expected);
    throw cause;
  }
}

function compact(
  fields: Fields,
  lists: Required<Pick<Result, "interfaces" | "ips" | "routes">>,
): Result {
  const dnsFields = fields.fields("dns");
  const dns = dnsFields === undefined ? {} : parseDns(dnsFields);
  return {
    ...listOf("interfaces", lists.interfaces),
    ...listOf("ips", lists.ips),
    ...listOf("routes", lists.routes),
    ...(Object.keys(dns).length > 0 ? { dns } : {}),
  };
}

function listOf<Key extends string, Item>(
  key: Key,
  list: readonly Item[] | undefined,
): Partial<Record<Key, readonly Item[]>> {
  if (list === undefined || list.length === 0) return {};
  return { [key]: list } as Partial<Record<Key, readonly Item[]>>;
}
