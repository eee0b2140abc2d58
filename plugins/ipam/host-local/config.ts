import {
  CniCode,
  CniError,
  type Fields,
  isAtLeast,
  parseRoute,
  type PluginConfig,
  type Route,
} from "../../../lib/spec/mod.ts";
import { parseRange } from "./range.ts";
import {
  checkRangeSets,
  familyOf,
  parseRangeSets,
  type RangeSet,
} from "./range_set.ts";
import { parseRequested, type RequestedAddress } from "./requested.ts";

/** What host-local is configured to do, checked. */
export interface HostLocalConfig {
  /** The folder that holds a folder of reservations for each network. */
  readonly dataDir: string;
  /** The resolver configuration that becomes the result's `dns`. */
  readonly resolvConf?: string;
  /** At least one; the result has an address of each, in this order. */
  readonly sets: readonly RangeSet[];
  /** Addresses that the runtime asks for. */
  readonly requested: readonly RequestedAddress[];
  /** Passed on to the result. */
  readonly routes: readonly Route[];
  /** Whether reservations from before the last boot may be freed. */
  readonly reclaimAfterReboot: boolean;
}

/**
 * Reads the `ipam` section, and what the runtime adds to it.
 *
 * @param cniArgs The text of `CNI_ARGS`.
 * @throws {CniError} Code 7, which names key, value and remedy; code 4 for
 * what is wrong in `CNI_ARGS`.
 */
export function parseHostLocalConfig(
  { cniVersion, fields }: PluginConfig,
  cniArgs: string,
): HostLocalConfig {
  const ipam = ipamOf(fields);
  const dataDir = parseDataDir(fields);
  const resolvConf = ipam.string("resolvConf");
  const routes = (ipam.fieldsList("routes") ?? []).map(parseRoute);
  const requested = parseRequested(fields, cniArgs);
  const runtimeConfig = fields.fields("runtimeConfig");
  // The order counts: it is that of the result's addresses.
  const sets = [
    ...(runtimeConfig ? parseRangeSets(runtimeConfig, "ipRanges") : []),
    ...parseLegacyRange(ipam),
    ...parseRangeSets(ipam, "ranges"),
  ];
  if (sets.length === 0) {
    const message = "Cannot use ipam.ranges: no IP ranges specified";
    throw new CniError(CniCode.InvalidConfig, message, {
      details: 'give one, such as "ranges": [[{"subnet": "10.1.0.0/16"}]]',
    });
  }
  checkRangeSets(sets);
  checkVersion(cniVersion, sets);
  return {
    dataDir,
    ...(resolvConf ? { resolvConf } : {}),
    sets,
    requested,
    routes,
    reclaimAfterReboot: parseReclaimAfterReboot(fields),
  };
}

/**
 * Reads `ipam.dataDir` alone: all that a DEL needs, so that it frees addresses
 * even after the ranges were changed for the worse.
 *
 * @param fields The whole network configuration.
 * @throws {CniError} Code 7.
 */
export function parseDataDir(fields: Fields): string {
  return ipamOf(fields).string("dataDir") || DEFAULT_DATA_DIR;
}

/**
 * Reads `ipam.reclaimAfterReboot` alone, for GC.
 *
 * @param fields The whole network configuration.
 * @throws {CniError} Code 7.
 */
export function parseReclaimAfterReboot(fields: Fields): boolean {
  return ipamOf(fields).boolean("reclaimAfterReboot") ?? true;
}

/** Where reservations are kept unless `ipam.dataDir` names another folder. */
export const DEFAULT_DATA_DIR = "/var/lib/cni/networks";

function ipamOf(fields: Fields): Fields {
  const ipam = fields.fields("ipam");
  if (ipam !== undefined) return ipam;
  const expected = 'an object such as {"type": "host-local", "ranges": […]}';
  throw fields.invalid("ipam", expected);
}

/** The single range that stands in `ipam` itself, from before there were lists. */
function parseLegacyRange(ipam: Fields): readonly RangeSet[] {
  if (!ipam.has("subnet")) return [];
  return [{ key: ipam.pathOf("subnet"), ranges: [parseRange(ipam)] }];
}

/** Results before 0.3.0 have room for one address of each family. */
function checkVersion(cniVersion: string, sets: readonly RangeSet[]): void {
  if (isAtLeast(cniVersion, "0.3.0")) return;
  const families = sets.map(familyOf);
  const second = sets.find((set, i) => families.indexOf(familyOf(set)) !== i);
  if (second === undefined) return;
  const message = `Cannot use ${second.key}: CNI version ${cniVersion} does ` +
    "not support more than 1 address per family";
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `cniVersion is "${cniVersion}" and ${second.key} is another ` +
      "range set of one family: remove it, or use cniVersion 0.3.0 or newer",
  });
}
