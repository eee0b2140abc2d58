import { parseCidr } from "../../../lib/net/mod.ts";
import { dnsKey, ipamSection, readKeys } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Dns,
  type IpConfig,
  isAtLeast,
  type PluginConfig,
  type Route,
} from "../../../lib/spec/mod.ts";
import { ADDRESSES_KEYS, readAddresses } from "./addresses.ts";
import { STATIC_ROUTES_KEY } from "./routes.ts";

/** What static may be told besides addresses, in `ipam`. */
const REST_KEYS = {
  routes: STATIC_ROUTES_KEY,
  dns: dnsKey({
    description: "Passed on to the result: `nameservers`, `domain`, " +
      "`search`, `options`",
  }),
};

/** What static may be told, in `ipam`. */
export const STATIC_KEYS = { ...ADDRESSES_KEYS, ...REST_KEYS };

/** What static is configured to answer, checked. */
export interface StaticConfig {
  /** The addresses, in the order of the result. */
  readonly ips: readonly IpConfig[];
  /** Passed on to the result. */
  readonly routes: readonly Route[];
  /** Passed on to the result. */
  readonly dns: Dns | undefined;
}

/**
 * Reads the `ipam` section, and what the runtime puts in its place.
 *
 * @param cniArgs The text of `CNI_ARGS`.
 * @throws {CniError} Code 7, which names key, value and remedy; code 4 for
 * what is wrong in `CNI_ARGS`.
 */
export function parseStaticConfig(
  { cniVersion, fields }: PluginConfig,
  cniArgs: string,
): StaticConfig {
  const ipam = ipamSection(fields, '{"type": "static", "addresses": […]}');
  const ips = readAddresses(fields, ipam, cniArgs);
  const { routes = [], dns } = readKeys(ipam, REST_KEYS);
  checkVersion(cniVersion, ips);
  return { ips, routes, dns };
}

/** Results before 0.3.0 have room for one address of each family. */
function checkVersion(cniVersion: string, ips: readonly IpConfig[]): void {
  if (isAtLeast(cniVersion, "0.3.0")) return;
  const families = ips.map((ip) => parseCidr(ip.address).address.family);
  const second = ips.find((_ip, i) => families.indexOf(families[i]!) !== i);
  if (second === undefined) return;
  const message =
    `CNI version ${cniVersion} does not support more than 1 address per family`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `cniVersion is "${cniVersion}" and ${second.address} is another ` +
      "address of one family: remove it, or use cniVersion 0.3.0 or newer",
  });
}
