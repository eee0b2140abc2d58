import { type Cidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import {
  fieldsKey,
  integerKey,
  type KeyValues,
  listKey,
  mappedKey,
  parsedKey,
  readKeys,
  readRuntimeConfig,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";

/** A limit in one direction, in whole bytes, as the kernel counts. */
export interface Limit {
  /** Bytes per second. */
  readonly rateBytes: number;
  /** How many bytes may pass at once after a pause. */
  readonly burstBytes: number;
}

/** Which traffic is limited, by the other end's address. */
export interface Subnets {
  /** Whether only these are limited, or all but these. */
  readonly areShaped: boolean;
  /** The networks, without host bits. */
  readonly list: readonly Cidr[];
}

/** The configuration of the bandwidth plugin, checked. */
export interface BandwidthConfig {
  /** What the container receives; absent means no limit. */
  readonly ingress: Limit | undefined;
  /** What the container sends; absent means no limit. */
  readonly egress: Limit | undefined;
  /** Absent means that all traffic is limited. */
  readonly subnets: Subnets | undefined;
}

/** JavaScript's largest exact integer: nine petabits per second. */
const MAX_RATE_BITS = Number.MAX_SAFE_INTEGER;

/** The kernel counts a burst in bytes, in 32 bits of which one value is taken. */
const MAX_BURST_BITS = (2 ** 32 - 1) * 8 - 1;

const NETWORK = parsedKey(
  { description: "A network", isEmptyValue: true },
  "a network such as 10.0.0.0/8",
  (text) => networkOf(parseCidr(text)),
);

/** What bandwidth may be told. */
export const BANDWIDTH_KEYS = {
  ingressRate: bitsKey(
    "What the container may receive, in bits per second, 8 or more; 0 for no " +
      "limit",
    MAX_RATE_BITS,
  ),
  ingressBurst: bitsKey(
    "What it may receive at once after a pause, in bits, 8 to " +
      `${MAX_BURST_BITS}. Needed with \`ingressRate\`, and only with it`,
    MAX_BURST_BITS,
  ),
  egressRate: bitsKey(
    "What the container may send, as `ingressRate`",
    MAX_RATE_BITS,
  ),
  egressBurst: bitsKey(
    "What it may send at once, as `ingressBurst`",
    MAX_BURST_BITS,
  ),
  shapedSubnets: listKey(NETWORK, {
    description: "Only traffic with these networks is limited: " +
      '`["203.0.113.0/24", "2001:db8::/32"]`',
    defaultText: "all",
    holds: "list of networks",
  }),
  unshapedSubnets: listKey(NETWORK, {
    description: "Traffic with these networks is not limited. Not with " +
      "`shapedSubnets`",
    holds: "list of networks",
  }),
};

/** What a runtime may ask of bandwidth. */
export const BANDWIDTH_CAPABILITIES = {
  bandwidth: mappedKey(
    fieldsKey(BANDWIDTH_KEYS, {
      description: "Limits, by the same keys. They count if none of the four " +
        "keys of limits is configured, even 0",
    }),
    toConfig,
  ),
};

/**
 * Reads and checks the limits: those of the configuration if any of their keys
 * is there, else those that the runtime asks for.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseBandwidthConfig({ config }: Request): BandwidthConfig {
  const { fields } = config;
  const own = readKeys(fields, BANDWIDTH_KEYS);
  const limits = ["ingressRate", "ingressBurst", "egressRate", "egressBurst"];
  const asked = limits.some((key) => fields.has(key))
    ? undefined
    : readRuntimeConfig(fields, BANDWIDTH_CAPABILITIES).bandwidth;
  if (asked === undefined) return toConfig(own, "");
  return { ...asked, subnets: asked.subnets ?? subnetsOf(own, "") };
}

type Values = KeyValues<typeof BANDWIDTH_KEYS>;

function bitsKey(description: string, max: number) {
  const zero = "no limit";
  return integerKey({ description, defaultText: "0", min: 8, max, zero });
}

/** @param path Where the keys stand. */
function toConfig(values: Values, path: string): BandwidthConfig {
  return {
    ingress: limitOf(values, { direction: "ingress", path }),
    egress: limitOf(values, { direction: "egress", path }),
    subnets: subnetsOf(values, path),
  };
}

function limitOf(
  values: Values,
  { direction, path }: {
    readonly direction: "ingress" | "egress";
    readonly path: string;
  },
): Limit | undefined {
  const [rateKey, burstKey] = [
    `${direction}Rate`,
    `${direction}Burst`,
  ] as const;
  const [rate, burst] = [values[rateKey], values[burstKey]];
  if (!rate && !burst) return undefined;
  // The kernel counts in bytes.
  if (rate && burst) {
    return {
      rateBytes: Math.floor(rate / 8),
      burstBytes: Math.floor(burst / 8),
    };
  }
  const [given, missing] = rate ? [rateKey, burstKey] : [burstKey, rateKey];
  const what = rate ? ["rate", "burst"] : ["burst", "rate"];
  const message = `if ${what[0]} is set, ${what[1]} must also be set`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `${at(path, given)} is ${values[given]}, but ` +
      `${at(path, missing)} is ${values[missing] ?? "absent"}: set both, or ` +
      "neither for no limit",
  });
}

/** The subnets, if any are named; an empty list is the same as absent. */
function subnetsOf(
  { shapedSubnets: shaped = [], unshapedSubnets: unshaped = [] }: Values,
  path: string,
): Subnets | undefined {
  if (shaped.length > 0 && unshaped.length > 0) {
    const keys = `${at(path, "shapedSubnets")} and ` +
      at(path, "unshapedSubnets");
    throw new CniError(CniCode.InvalidConfig, `Cannot use ${keys}`, {
      details: `${keys} exclude each other: name either what is limited or ` +
        "what is not",
    });
  }
  if (shaped.length > 0) return { areShaped: true, list: shaped };
  if (unshaped.length > 0) return { areShaped: false, list: unshaped };
  return undefined;
}

function at(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
