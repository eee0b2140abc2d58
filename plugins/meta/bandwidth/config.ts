import { type Cidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Fields } from "../../../lib/spec/mod.ts";

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
  readonly ingress?: Limit;
  /** What the container sends; absent means no limit. */
  readonly egress?: Limit;
  /** Absent means that all traffic is limited. */
  readonly subnets?: Subnets;
}

const LIMIT_KEYS = ["ingressRate", "ingressBurst", "egressRate", "egressBurst"];

/** The kernel counts a burst in bytes, in 32 bits of which one value is taken. */
export const MAX_BURST_BITS = (2 ** 32 - 1) * 8 - 1;

/** JavaScript's largest exact integer: nine petabits per second. */
export const MAX_RATE_BITS: number = Number.MAX_SAFE_INTEGER;

/**
 * Reads and checks the limits: those of the configuration if any of their keys
 * is there, else those that the runtime asks for.
 *
 * @throws {CniError} Code 7 for a value that will not do.
 */
export function parseBandwidthConfig({ config }: Request): BandwidthConfig {
  const { fields } = config;
  const asked = fields.fields("runtimeConfig")?.fields("bandwidth");
  const isFixed = LIMIT_KEYS.some((key) => fields.has(key));
  const source = isFixed || asked === undefined ? fields : asked;
  const ingress = parseLimit(source, "ingress");
  const egress = parseLimit(source, "egress");
  const subnets = parseSubnets(source) ?? parseSubnets(fields);
  return {
    ...(ingress === undefined ? {} : { ingress }),
    ...(egress === undefined ? {} : { egress }),
    ...(subnets === undefined ? {} : { subnets }),
  };
}

function parseLimit(
  fields: Fields,
  direction: "ingress" | "egress",
): Limit | undefined {
  const [rateKey, burstKey] = [`${direction}Rate`, `${direction}Burst`];
  const rate = parseBits(fields, rateKey, MAX_RATE_BITS);
  const burst = parseBits(fields, burstKey, MAX_BURST_BITS);
  if (rate === 0 && burst === 0) return undefined;
  if (burst === 0) throw halfLimit(fields, rateKey, burstKey);
  if (rate === 0) throw halfLimit(fields, burstKey, rateKey);
  // The kernel counts in bytes.
  return {
    rateBytes: Math.floor(rate / 8),
    burstBytes: Math.floor(burst / 8),
  };
}

function parseBits(fields: Fields, key: string, max: number): number {
  const bits = fields.integer(key, { min: 0, max }) ?? 0;
  if (bits === 0 || bits >= 8) return bits;
  throw fields.invalid(key, "at least 8 bits, or 0 for no limit");
}

function halfLimit(fields: Fields, given: string, missing: string): CniError {
  const [here, there] = [fields.pathOf(given), fields.pathOf(missing)];
  const what = given.endsWith("Rate") ? ["rate", "burst"] : ["burst", "rate"];
  const message = `if ${what[0]} is set, ${what[1]} must also be set`;
  return new CniError(CniCode.InvalidConfig, message, {
    details: `${here} is ${fields.json(given)}, but ${there} is ` +
      `${fields.json(missing) ?? "absent"}: set both, or neither for no limit`,
  });
}

/** The subnets, if any are named; an empty list is the same as absent. */
function parseSubnets(fields: Fields): Subnets | undefined {
  const shaped = parseCidrs(fields, "shapedSubnets");
  const unshaped = parseCidrs(fields, "unshapedSubnets");
  if (shaped.length > 0 && unshaped.length > 0) {
    const keys = ["shapedSubnets", "unshapedSubnets"];
    const [first, second] = keys.map((key) => fields.pathOf(key));
    throw new CniError(
      CniCode.InvalidConfig,
      `Cannot use ${first} and ${second}`,
      {
        details:
          `${first} and ${second} exclude each other: name either what ` +
          "is limited or what is not",
      },
    );
  }
  if (shaped.length > 0) return { areShaped: true, list: shaped };
  if (unshaped.length > 0) return { areShaped: false, list: unshaped };
  return undefined;
}

function parseCidrs(fields: Fields, key: string): readonly Cidr[] {
  return (fields.strings(key) ?? []).map((text, index) => {
    try {
      return networkOf(parseCidr(text));
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      const expected = "a network such as 10.0.0.0/8";
      throw fields.invalid(`${key}[${index}]`, expected, text);
    }
  });
}
