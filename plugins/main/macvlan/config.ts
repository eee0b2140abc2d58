import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  type Dns,
  dnsOf,
  type Fields,
} from "../../../lib/spec/mod.ts";
import { ipamTypeOf, parseConfiguredMac } from "../../shared/mod.ts";

/** How the macvlans of a link treat each other, as the kernel names it. */
export const MACVLAN_MODES = ["bridge", "private", "vepa", "passthru"] as const;

/** One of {@linkcode MACVLAN_MODES}. */
export type MacvlanMode = typeof MACVLAN_MODES[number];

/** The kernel's numbers for it have 32 bits. */
export const MAX_QUEUE_LENGTH = 2 ** 32 - 1;

/** The bounds of a macvlan's MTU in the kernel, whatever the master's. */
const MIN_MTU_BYTES = 68;
const MAX_MTU_BYTES = 65535;

/** The configuration of the macvlan plugin, checked, with its defaults. */
export interface MacvlanConfig {
  /** The link to share; absent means that of the default route. */
  readonly master?: string;
  readonly mode: MacvlanMode;
  /** 0 is the same as the master's. */
  readonly mtuBytes: number;
  /** The container's hardware address, if one is asked for. */
  readonly mac?: string;
  /** Whether the master is in the container, not in the host. */
  readonly linkInContainer: boolean;
  /** Length of the master's queue for broadcasts; 0 leaves it. */
  readonly queueLength: number;
  /** The IPAM plugin's name; absent for an interface without addresses. */
  readonly ipamType?: string;
  /** What the result says of name resolution. */
  readonly dns?: Dns;
}

/**
 * Reads and checks what can be checked without a look at the host.
 *
 * @throws {CniError} Code 7 for a value that will not do, code 4 for
 * `CNI_ARGS`.
 */
export function parseMacvlanConfig(request: Request): MacvlanConfig {
  const { fields } = request.config;
  const master = fields.string("master") || undefined;
  if (master !== undefined) checkLinkName(master, "master");
  const mac = parseConfiguredMac(request);
  const ipamType = ipamTypeOf(fields);
  const dns = dnsOf(request.config);
  const queueBounds = { min: 0, max: MAX_QUEUE_LENGTH };
  return {
    mode: parseMode(fields),
    mtuBytes: parseMtu(fields),
    linkInContainer: fields.boolean("linkInContainer") ?? false,
    queueLength: fields.integer("bcqueuelen", queueBounds) ?? 0,
    ...(master === undefined ? {} : { master }),
    ...(mac === undefined ? {} : { mac }),
    ...(ipamType === undefined ? {} : { ipamType }),
    ...(dns === undefined ? {} : { dns }),
  };
}

function parseMode(fields: Fields): MacvlanMode {
  const text = fields.string("mode") || "bridge";
  const mode = MACVLAN_MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw fields.invalid("mode", '"bridge", "private", "vepa" or "passthru"');
}

function parseMtu(fields: Fields): number {
  const bounds = { min: 0, max: MAX_MTU_BYTES };
  const mtuBytes = fields.integer("mtu", bounds) ?? 0;
  if (mtuBytes === 0 || mtuBytes >= MIN_MTU_BYTES) return mtuBytes;
  const expected =
    `0 for the master's, or a whole number from ${MIN_MTU_BYTES}`;
  throw fields.invalid("mtu", `${expected} to the master's MTU`);
}
