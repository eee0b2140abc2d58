import {
  anyLinkNameKey,
  booleanKey,
  integerKey,
  macKey,
  parsedKey,
  readKeys,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Dns } from "../../../lib/spec/mod.ts";
import {
  ipamKey,
  MAC_RULE,
  ownDnsKey,
  parseConfiguredMac,
  requireAddressesIfOld,
} from "../../shared/mod.ts";

/** The number after it means no user, and no group. */
const MAX_ID = 2 ** 32 - 2;

/** What tap may be told. */
export const TAP_KEYS = {
  multiQueue: booleanKey({
    description: "The device has several queues",
    default: false,
  }),
  mtu: integerKey({
    description: "In bytes, from 68 to 65521; 0 is the kernel's default",
    default: 0,
    min: 68,
    max: 65521,
    zero: "the kernel's default",
  }),
  mac: macKey({
    description: `The device's hardware address, ${MAC_RULE}`,
    defaultText: "chosen",
  }),
  owner: integerKey({
    description: "The number of the user who may open the device",
    defaultText: "the kernel's",
    min: 0,
    max: MAX_ID,
  }),
  group: integerKey({
    description: "The number of the group who may open the device",
    defaultText: "the kernel's",
    min: 0,
    max: MAX_ID,
  }),
  selinuxContext: parsedKey(
    {
      description: "What SELinux is to take the device for: " +
        "`system_u:system_r:container_t:s0`. Needs `runcon`",
      defaultText: "the plugin's own",
    },
    "a context such as system_u:system_r:container_t:s0",
    parseSelinuxContext,
  ),
  bridge: anyLinkNameKey({
    description: "A bridge in the container, by any of its names, made by " +
      "another plugin, that " +
      "the device is attached to",
  }),
  ipam: ipamKey({
    description: "The IPAM plugin and its keys. Without it the device is " +
      "only set up",
  }),
  dns: ownDnsKey(),
};

/** The configuration of the tap plugin, checked, with its defaults. */
export interface TapConfig {
  /** Whether the device has several queues. */
  readonly isMultiQueue: boolean;
  /** 0 is the kernel's default. */
  readonly mtuBytes: number;
  /** The device's hardware address, if one is asked for. */
  readonly mac: string | undefined;
  /** The number of the user who may open the device. */
  readonly owner: number | undefined;
  /** The number of the group who may open the device. */
  readonly group: number | undefined;
  /** What SELinux is to take the device for. */
  readonly selinuxContext: string | undefined;
  /** A bridge in the container that the device becomes a port of. */
  readonly bridge: string | undefined;
  /** The IPAM plugin's name; absent for a device without addresses. */
  readonly ipamType: string | undefined;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns: Dns | undefined;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`, code 1 for a network without addresses in an old version.
 */
export function parseTapConfig(request: Request): TapConfig {
  const { multiQueue, mtu, ipam, ...keys } = readKeys(
    request.config.fields,
    TAP_KEYS,
  );
  if (keys.bridge === request.ifname) {
    throw new CniError(CniCode.InvalidConfig, "Cannot use bridge", {
      details: `bridge is "${keys.bridge}", as CNI_IFNAME is: expected the ` +
        "name of a bridge that is in the container already",
    });
  }
  requireAddressesIfOld(request.config, ipam);
  return {
    ...keys,
    isMultiQueue: multiQueue,
    mtuBytes: mtu,
    ipamType: ipam,
    mac: parseConfiguredMac(request, keys.mac),
  };
}

/** `user:role:type`, and perhaps `:level`, as in `s0-s0:c0.c1023`. */
function parseSelinuxContext(text: string): string | undefined {
  return /^\w[\w.-]*(:[\w.,-]+){2,4}$/.test(text) ? text : undefined;
}
