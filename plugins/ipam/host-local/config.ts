import {
  booleanKey,
  ipamSection,
  readKeys,
  readRuntimeConfig,
  routesKey,
  stringKey,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Fields,
  isAtLeast,
  type PluginConfig,
  type Route,
} from "../../../lib/spec/mod.ts";
import { SINGLE_RANGE_KEYS, toRange } from "./range.ts";
import {
  checkRangeSets,
  familyOf,
  type RangeSet,
  rangeSetsKey,
} from "./range_set.ts";
import {
  parseRequested,
  REQUESTED_CAPABILITIES,
  type RequestedAddress,
} from "./requested.ts";

/** Where reservations are kept unless `ipam.dataDir` names another folder. */
export const DEFAULT_DATA_DIR = "/var/lib/cni/networks";

/** What host-local may be told, in `ipam`. */
export const HOST_LOCAL_KEYS = {
  ranges: rangeSetsKey({
    description: "An address is taken of each set, in this order. A set is a " +
      "list of ranges of one family",
  }),
  ...SINGLE_RANGE_KEYS,
  routes: routesKey({ description: "Passed on to the result" }),
  resolvConf: stringKey({
    description: "A resolver configuration such as `/etc/resolv.conf`, which " +
      "becomes the `dns` of the result. Read by ADD only",
    holds: "path",
  }),
  dataDir: stringKey({
    description: "Where the folders of reservations are. A relative path " +
      "starts at the working directory",
    default: DEFAULT_DATA_DIR,
    holds: "path",
  }),
  reclaimAfterReboot: booleanKey({
    description: "Reservations that were made before the machine's last " +
      "start are freed when they are in the way. See [below](#after-a-reboot). " +
      "Read by ADD and GC",
    default: true,
  }),
};

/** What a runtime may ask of host-local. */
export const HOST_LOCAL_CAPABILITIES = {
  ipRanges: rangeSetsKey({
    description: "Range sets of the runtime. They go before all others",
    example: [[{ subnet: "10.1.0.0/16" }]],
  }),
  ...REQUESTED_CAPABILITIES,
};

/** What host-local is configured to do, checked. */
export interface HostLocalConfig {
  /** The folder that holds a folder of reservations for each network. */
  readonly dataDir: string;
  /** The resolver configuration that becomes the result's `dns`. */
  readonly resolvConf: string | undefined;
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
  const { ranges = [], routes = [], subnet, ...keys } = readKeys(
    ipam,
    HOST_LOCAL_KEYS,
  );
  const requested = parseRequested(fields, cniArgs);
  const { ipRanges = [] } = readRuntimeConfig(fields, HOST_LOCAL_CAPABILITIES);
  // The range from before there were lists.
  const single = subnet === undefined ? [] : [{
    key: "ipam.subnet",
    ranges: [toRange({ ...keys, subnet }, "ipam")],
  }];
  // The order counts: it is that of the result's addresses.
  const sets = [...ipRanges, ...single, ...ranges];
  if (sets.length === 0) {
    const message = "Cannot use ipam.ranges: no IP ranges specified";
    throw new CniError(CniCode.InvalidConfig, message, {
      details: 'give one, such as "ranges": [[{"subnet": "10.1.0.0/16"}]]',
    });
  }
  checkRangeSets(sets);
  checkVersion(cniVersion, sets);
  const { dataDir, resolvConf, reclaimAfterReboot } = keys;
  return {
    ...{ dataDir, resolvConf, reclaimAfterReboot },
    ...{ sets, requested, routes },
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
  const { dataDir } = HOST_LOCAL_KEYS;
  return readKeys(ipamOf(fields), { dataDir }).dataDir;
}

/**
 * Reads `ipam.reclaimAfterReboot` alone, for GC.
 *
 * @param fields The whole network configuration.
 * @throws {CniError} Code 7.
 */
export function parseReclaimAfterReboot(fields: Fields): boolean {
  const { reclaimAfterReboot } = HOST_LOCAL_KEYS;
  return readKeys(ipamOf(fields), { reclaimAfterReboot }).reclaimAfterReboot;
}

function ipamOf(fields: Fields): Fields {
  return ipamSection(fields, '{"type": "host-local", "ranges": […]}');
}

/** Results before 0.3.0 have room for one address of each family. */
function checkVersion(cniVersion: string, sets: readonly RangeSet[]): void {
  if (isAtLeast(cniVersion, "0.3.0")) return;
  const families = sets.map(familyOf);
  const second = sets.find((set, i) => families.indexOf(familyOf(set)) !== i);
  if (second === undefined) return;
  const message =
    `CNI version ${cniVersion} does not support more than 1 address per family`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `cniVersion is "${cniVersion}" and ${second.key} is another ` +
      "range set of one family: remove it, or use cniVersion 0.3.0 or newer",
  });
}
