import { formatCidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";

/** What flanneld says of this node: its subnets and the overlay they are in. */
export interface SubnetEnv {
  /** The IPv4 networks of the overlay, as canonical CIDRs without host bits. */
  readonly networks: readonly string[];
  /** The IPv4 subnet that is this node's. */
  readonly subnet?: string;
  /** As `networks`, of IPv6. */
  readonly ipv6Networks: readonly string[];
  /** As `subnet`, of IPv6. */
  readonly ipv6Subnet?: string;
  /** What fits through the overlay, in bytes; 0 is the kernel's default. */
  readonly mtuBytes: number;
  /** Whether flanneld masquerades what leaves the overlay. */
  readonly ipMasq: boolean;
}

/** The keys, in the order in which missing ones are told. */
const KEYS = [
  "FLANNEL_NETWORK",
  "FLANNEL_IPV6_NETWORK",
  "FLANNEL_SUBNET",
  "FLANNEL_IPV6_SUBNET",
  "FLANNEL_MTU",
  "FLANNEL_IPMASQ",
] as const;

type Key = typeof KEYS[number];

/** A value with the line that it stands in, from 1. */
interface Entry {
  readonly key: Key;
  readonly value: string;
  readonly line: number;
}

/**
 * Reads the text of `subnet.env`. Each line is a key, `=` and a value without
 * quotes; lines with other keys, comments and blank ones are passed over, and
 * lines may end in CR LF.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = `FLANNEL_NETWORK=10.1.0.0/16
 * FLANNEL_SUBNET=10.1.17.1/24
 * FLANNEL_MTU=1472
 * FLANNEL_IPMASQ=true
 * `;
 * assertEquals(parseSubnetEnv(text, "/run/flannel/subnet.env"), {
 *   networks: ["10.1.0.0/16"],
 *   subnet: "10.1.17.0/24",
 *   ipv6Networks: [],
 *   mtuBytes: 1472,
 *   ipMasq: true,
 * });
 * ```
 * @param file Where the text is from, for messages.
 * @throws {CniError} Code 7, which names the line: if a key is missing, there
 * twice, or has a value that will not do.
 */
export function parseSubnetEnv(text: string, file: string): SubnetEnv {
  const lines = text.split("\n").map((line) => line.replace(/\r$/, ""));
  const entries = new Map<Key, Entry>();
  for (const [index, line] of lines.entries()) {
    const entry = parseLine(line, index + 1, file);
    if (entry === undefined) continue;
    const first = entries.get(entry.key);
    if (first !== undefined) throw doubled(entry, first, file);
    entries.set(entry.key, entry);
  }
  refuseMissing(entries, lines, file);
  const networksAt = (key: Key) => {
    const entry = entries.get(key);
    if (entry === undefined) return [];
    const networks = entry.value.split(",")
      .map((part) => parseNetwork(part, entry, file));
    return [...new Set(networks)];
  };
  const subnetAt = (key: Key) => {
    const entry = entries.get(key);
    return entry && parseNetwork(entry.value, entry, file);
  };
  const subnet = subnetAt("FLANNEL_SUBNET");
  const ipv6Subnet = subnetAt("FLANNEL_IPV6_SUBNET");
  return {
    networks: networksAt("FLANNEL_NETWORK"),
    ...(subnet === undefined ? {} : { subnet }),
    ipv6Networks: networksAt("FLANNEL_IPV6_NETWORK"),
    ...(ipv6Subnet === undefined ? {} : { ipv6Subnet }),
    mtuBytes: parseMtu(entries.get("FLANNEL_MTU")!, file),
    ipMasq: parseIpMasq(entries.get("FLANNEL_IPMASQ")!, file),
  };
}

/**
 * The error for a subnet file that will not do. Its message begins as the
 * reference's does, since that is what people search their logs for.
 */
export function subnetFileError(
  code: number,
  reason: string,
  options: { readonly details: string; readonly cause?: unknown },
): CniError {
  const message = `failed to load flannel 'subnet.env' file: ${reason}`;
  return new CniError(code, message, options);
}

function parseLine(
  text: string,
  line: number,
  file: string,
): Entry | undefined {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const key = KEYS.find((one) => one === name);
  if (key === undefined) return undefined;
  const entry = { key, value: text.slice(equals + 1), line };
  if (equals >= 0) return entry;
  throw badLine(entry, file, {
    reason: `${key} has no value`,
    details: `there is no "=" after the key: expected a line such as ` +
      EXAMPLES[key],
  });
}

function refuseMissing(
  entries: ReadonlyMap<Key, Entry>,
  lines: readonly string[],
  file: string,
): void {
  const families = [
    ["FLANNEL_NETWORK", "FLANNEL_IPV6_NETWORK"],
    ["FLANNEL_SUBNET", "FLANNEL_IPV6_SUBNET"],
    ["FLANNEL_MTU"],
    ["FLANNEL_IPMASQ"],
  ] as const;
  const missing: readonly Key[] = families
    .filter((keys) => !keys.some((key) => entries.has(key))).flat();
  if (missing.length === 0) return;
  const tried = missing.map((key) => mentionOf(key, lines)).find(Boolean);
  const reason = `${file} is missing ${missing.join(", ")}`;
  const [first = "FLANNEL_MTU"] = missing;
  throw subnetFileError(CniCode.InvalidConfig, reason, {
    details: `${tried ?? `none of its ${lineCount(lines)} gives them`}: ` +
      `expected a line such as ${EXAMPLES[first]}; ${WHO_WRITES_IT}`,
  });
}

/** The line that looks as if it were to give a key, though it does not. */
function mentionOf(key: Key, lines: readonly string[]): string | undefined {
  const index = lines.findIndex((line) =>
    line.includes(key) && !line.trimStart().startsWith("#")
  );
  if (index < 0) return undefined;
  return `line ${index + 1} is ${describe(lines[index])}, which does not ` +
    `begin with "${key}="`;
}

function lineCount(lines: readonly string[]): string {
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  return count === 1 ? "1 line" : `${count} lines`;
}

function doubled(entry: Entry, first: Entry, file: string): CniError {
  const { key } = entry;
  return badLine(entry, file, {
    reason: `${key} is given twice`,
    details: `it is on line ${first.line} already: remove one of the two`,
  });
}

function parseNetwork(text: string, entry: Entry, file: string): string {
  try {
    return formatCidr(networkOf(parseCidr(text)));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw badLine(entry, file, {
      reason: `invalid CIDR address: ${text}`,
      details: `${entry.key} is ${describe(entry.value)}: expected a line ` +
        `such as ${EXAMPLES[entry.key]}, without blanks`,
      cause,
    });
  }
}

function parseMtu(entry: Entry, file: string): number {
  const { value } = entry;
  const mtuBytes = /^[0-9]+$/.test(value) ? Number(value) : NaN;
  if (mtuBytes <= MAX_UINT32) return mtuBytes;
  throw badLine(entry, file, {
    reason: `invalid FLANNEL_MTU: ${value}`,
    details: `FLANNEL_MTU is ${describe(value)}: expected a number of bytes ` +
      `from 0 to ${MAX_UINT32}, such as ${EXAMPLES.FLANNEL_MTU}`,
  });
}

function parseIpMasq(entry: Entry, file: string): boolean {
  const { value } = entry;
  if (value === "true" || value === "false") return value === "true";
  throw badLine(entry, file, {
    reason: `invalid FLANNEL_IPMASQ: ${value}`,
    details: `FLANNEL_IPMASQ is ${describe(value)}: expected true or false, ` +
      "in small letters and without blanks",
  });
}

function badLine(
  { line }: Entry,
  file: string,
  { reason, details, cause }: {
    readonly reason: string;
    readonly details: string;
    readonly cause?: unknown;
  },
): CniError {
  return subnetFileError(CniCode.InvalidConfig, reason, {
    details: `line ${line} of ${file}: ${details}; ${WHO_WRITES_IT}`,
    cause,
  });
}

const MAX_UINT32 = 0xffffffff;

const WHO_WRITES_IT =
  "flanneld writes this file: check the flannel pod log for this node";

const EXAMPLES: Readonly<Record<Key, string>> = {
  FLANNEL_NETWORK: "FLANNEL_NETWORK=10.244.0.0/16",
  FLANNEL_IPV6_NETWORK: "FLANNEL_IPV6_NETWORK=fd00:244::/48",
  FLANNEL_SUBNET: "FLANNEL_SUBNET=10.244.1.1/24",
  FLANNEL_IPV6_SUBNET: "FLANNEL_IPV6_SUBNET=fd00:244:0:1::1/64",
  FLANNEL_MTU: "FLANNEL_MTU=1450",
  FLANNEL_IPMASQ: "FLANNEL_IPMASQ=true",
};
