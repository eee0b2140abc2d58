import {
  anyLinkNameKey,
  booleanKey,
  choiceKey,
  dnsKey,
  integerKey,
  macKey,
  readKeys,
  type Request,
} from "../../../lib/plugin/mod.ts";
import type { Dns } from "../../../lib/spec/mod.ts";
import {
  ipamKey,
  MAC_RULE,
  parseConfiguredMac,
  requireAddressesIfOld,
} from "../../shared/mod.ts";

/** How the macvlans of a link treat each other, as the kernel names it. */
export const MACVLAN_MODES = ["bridge", "private", "vepa", "passthru"] as const;

/** One of {@linkcode MACVLAN_MODES}. */
export type MacvlanMode = typeof MACVLAN_MODES[number];

/** What macvlan may be told. */
export const MACVLAN_KEYS = {
  master: anyLinkNameKey({
    description:
      "The link to share, by any of its names. Absent or empty: that of the " +
      "first " +
      "default route, IPv4's before IPv6's",
    defaultText: "the default route's",
  }),
  mode: choiceKey(MACVLAN_MODES, {
    description: "How the master's macvlans treat each other. See " +
      "[modes](#modes)",
    default: "bridge",
  }),
  mtu: integerKey({
    description: "In bytes, from 68 to the master's. 0: the master's",
    default: 0,
    min: 68,
    max: 65535,
    zero: "the master's",
  }),
  mac: macKey({
    description: `The container's hardware address, ${MAC_RULE}`,
    defaultText: "chosen",
  }),
  linkInContainer: booleanKey({
    description: "The master is in the container, not in the host",
    default: false,
  }),
  bcqueuelen: integerKey({
    description: "Length of the queue for broadcasts that the master's " +
      "macvlans ask for, in packets; 0: the kernel's default",
    default: 0,
    min: 0,
    // The kernel's number has 32 bits.
    max: 2 ** 32 - 1,
  }),
  ipam: ipamKey({
    description: "`ipam.type` names the IPAM plugin, which gets the whole " +
      "configuration. Without it the interface is only set up",
  }),
  dns: dnsKey({
    description: "What the result says of name resolution. The IPAM plugin's " +
      "word does not count",
  }),
};

/** The configuration of the macvlan plugin, checked, with its defaults. */
export interface MacvlanConfig {
  /** The link to share; absent means that of the default route. */
  readonly master: string | undefined;
  readonly mode: MacvlanMode;
  /** 0 is the same as the master's. */
  readonly mtuBytes: number;
  /** The container's hardware address, if one is asked for. */
  readonly mac: string | undefined;
  /** Whether the master is in the container, not in the host. */
  readonly linkInContainer: boolean;
  /** Length of the master's queue for broadcasts; 0 leaves it. */
  readonly queueLength: number;
  /** The IPAM plugin's name; absent for an interface without addresses. */
  readonly ipamType: string | undefined;
  /** What the result says of name resolution. */
  readonly dns: Dns | undefined;
}

/**
 * Reads and checks what can be checked without a look at the host.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`, code 1 for a network without addresses in an old version.
 */
export function parseMacvlanConfig(request: Request): MacvlanConfig {
  const { mtu, bcqueuelen, ipam, ...keys } = readKeys(
    request.config.fields,
    MACVLAN_KEYS,
  );
  requireAddressesIfOld(request.config, ipam);
  return {
    ...keys,
    mtuBytes: mtu,
    queueLength: bcqueuelen,
    ipamType: ipam,
    mac: parseConfiguredMac(request, keys.mac),
  };
}
