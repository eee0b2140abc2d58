import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  describe,
  Fields,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import { findRepeatedKey } from "./repeated_key.ts";

/** A kernel parameter to set. */
export interface Sysctl {
  /** Its name as it is written: `net.ipv4.conf.IFNAME.arp_filter`. */
  readonly name: string;
  /** Where it stands below /proc/sys: `net/ipv4/conf/eth0/arp_filter`. */
  readonly path: string;
  /** What it is set to. */
  readonly value: string;
}

/**
 * Reads `sysctl`, and over it `args.cni.sysctl`.
 *
 * @param cni The view of `args.cni`.
 * @returns The parameters in the order in which they are set: each path once.
 * @throws {CniError} Code 7 for a name that leads out of `net`, a value that is
 * no line of text, a name that is given twice.
 */
export function parseSysctls(
  { config: { fields }, ifname, stdin }: Request,
  cni: Fields,
): readonly Sysctl[] {
  const own = fields.object("sysctl");
  const asked = cni.object("sysctl");
  const found = [
    ...(own === undefined ? [] : readAll(own, { key: "sysctl", ifname })),
    ...(asked === undefined
      ? []
      : readAll(asked, { key: cni.pathOf("sysctl"), ifname })),
  ];
  if (own !== undefined) refuseRepeated(stdin);
  // A later one takes the earlier one's place in the order.
  return [...new Map(found.map((one) => [one.path, one])).values()];
}

/** Where names and values stand, and what IFNAME means in a name. */
interface Source {
  readonly key: string;
  readonly ifname: string;
}

function readAll(object: JsonObject, source: Source): readonly Sysctl[] {
  const found = new Map<string, Sysctl>();
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue;
    const path = pathOf(name, source);
    const sysctl = { name, path, value: readValue(name, value, source.key) };
    refuseContradiction(found.get(path), sysctl, source.key);
    found.set(path, sysctl);
  }
  return [...found.values()];
}

/**
 * The path of a parameter: dots and slashes part it alike, then `IFNAME`
 * becomes the interface's name, which may hold dots. Those of any other
 * interface are told by the place, so that both spellings of sysctl(8) will do:
 * `net/ipv4/conf/eth0.100/forwarding`, `net.ipv4.conf.eth0/100.forwarding`.
 */
function pathOf(name: string, { key, ifname }: Source): string {
  const refusal = (details: string) =>
    new CniError(CniCode.InvalidConfig, "Cannot use a kernel parameter", {
      details: `${key} names ${describe(name)}, ${details}`,
    });
  if (name.includes("..")) {
    throw refusal('which has "..": name the parameter from "net" on');
  }
  const parts = name.replaceAll(".", "/")
    .replace("IFNAME", () => ifname || "IFNAME")
    .split("/").filter((part) => part !== "");
  const isPlain = parts.every((part) => /^[^\s"'`#\\$;{}<>|&*?]+$/.test(part));
  if (!isPlain) {
    throw refusal("which has white space, quotes or special characters");
  }
  if (parts[0] === "net" && parts.length > 1) {
    return withInterface(parts).join("/");
  }
  throw refusal(
    "which no network namespace has for itself: only parameters below net " +
      'can be set, such as "net.core.somaxconn"',
  );
}

/** Below these folders are interfaces, and in each of those parameters alone. */
const INTERFACE_FOLDERS = /^net\/(ipv4|ipv6|mpls)\/(conf|neigh)$/;

/** Joins what dots have parted of an interface's name. */
function withInterface(parts: readonly string[]): readonly string[] {
  const folder = parts.slice(0, 3);
  const name = parts.slice(3, -1);
  return name.length > 1 && INTERFACE_FOLDERS.test(folder.join("/"))
    ? [...folder, name.join("."), ...parts.slice(-1)]
    : parts;
}

function readValue(name: string, value: unknown, key: string): string {
  const invalid = (expected: string) =>
    new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
      details: `${key}[${JSON.stringify(name)}] is ${describe(value)}: ` +
        `expected ${expected}`,
    });
  if (typeof value !== "string") throw invalid('a text, such as "1"');
  // deno-lint-ignore no-control-regex -- control characters are what is refused
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) {
    throw invalid("one line of text without control characters");
  }
  return value;
}

function refuseContradiction(
  first: Sysctl | undefined,
  second: Sysctl,
  key: string,
): void {
  if (first === undefined || first.value === second.value) return;
  throw new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} has "${first.name}" and "${second.name}", which are one ` +
      "parameter, with two values: remove one of them",
  });
}

function refuseRepeated(stdin: string): void {
  const name = findRepeatedKey(stdin, "sysctl");
  if (name === undefined) return;
  const message = "duplicated sysctl keys are not allowed";
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `sysctl has ${describe(name)} twice: remove one of them`,
  });
}
