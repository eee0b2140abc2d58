import {
  isJsonObject,
  type Json,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import type { StageNetns } from "../../suite/mod.ts";

/** A link as the kernel has it. */
export interface KernelLink {
  readonly index: number;
  readonly name: string;
  /** `veth`, `bridge`; empty for a device. */
  readonly kind: string;
  readonly mac?: string;
  readonly mtu: number;
  readonly isUp: boolean;
  /** The link that it is a port of. */
  readonly master?: string;
  /** With their lengths; without those that the kernel gives by itself. */
  readonly addresses: readonly string[];
}

/** A route of any table but `local`. */
export interface KernelRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly dev?: string;
  readonly table: string;
  readonly priority?: number;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly scope: string;
  /** Whether the kernel made it for an address. */
  readonly isOwn: boolean;
}

/** What `ip` tells of a network namespace. */
export interface Kernel {
  readonly links: readonly KernelLink[];
  readonly routes: readonly KernelRoute[];
  /** Policy rules, as text. */
  readonly rules: readonly string[];
}

/** Asks `ip` for links, addresses, routes and rules. */
export async function readKernel(netns: StageNetns): Promise<Kernel> {
  const script = QUESTIONS.map((words) => `ip -j ${words} && echo`).join(
    " && ",
  );
  const { status, stdout, stderr } = await netns.run(["sh", "-c", script]);
  if (status !== 0) throw new Error(`Cannot read ${netns.path}: ${stderr}`);
  return parseKernel(stdout);
}

const QUESTIONS = [
  "-d addr show",
  "-d route show table all",
  "rule show",
  "-6 rule show",
];

/** Reads the answers, arrays of JSON one after the other, a line each. */
export function parseKernel(text: string): Kernel {
  const [links = [], routes = [], ...rules] = text.split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => (JSON.parse(line) as Json[]).filter(isJsonObject));
  return {
    links: links.map(linkOf),
    routes: routes.filter(isSeen).map(routeOf),
    rules: rules.flat().map(ruleOf),
  };
}

/** The link of a name, if there is one. */
export function linkNamed(
  { links }: Kernel,
  name: string,
): KernelLink | undefined {
  return links.find((link) => link.name === name);
}

function linkOf(link: JsonObject): KernelLink {
  const flags = link.flags as readonly string[];
  const info = isJsonObject(link.linkinfo) ? link.linkinfo : {};
  const hasMac = link.link_type === "ether" || link.link_type === "loopback";
  return {
    index: Number(link.ifindex),
    name: String(link.ifname),
    kind: String(info.info_kind ?? ""),
    ...(hasMac ? { mac: String(link.address) } : {}),
    mtu: Number(link.mtu),
    isUp: flags.includes("UP"),
    ...(link.master === undefined ? {} : { master: String(link.master) }),
    addresses: (link.addr_info as readonly JsonObject[])
      .filter(({ scope }) => scope !== "link")
      .map(({ local, prefixlen }) => canonical(`${local}/${prefixlen}`)),
  };
}

// What comes with each address and each IPv6 link, some of it only later.
function isSeen({ table, type, dst }: JsonObject): boolean {
  return table !== "local" && !GIVEN_TYPES.includes(String(type)) &&
    !String(dst).startsWith("fe80:") && !String(dst).startsWith("ff00:");
}

const GIVEN_TYPES = ["local", "broadcast", "multicast", "anycast"];

function routeOf(route: JsonObject): KernelRoute {
  const [metrics] = (route.metrics ?? []) as readonly JsonObject[];
  const via = isJsonObject(route.via) ? route.via.host : undefined;
  const gw = route.gateway ?? via;
  const isIpv6 = route.pref !== undefined;
  return {
    dst: cidrOf(String(route.dst), isIpv6),
    ...(gw === undefined ? {} : { gw: String(gw) }),
    ...(route.dev === undefined ? {} : { dev: String(route.dev) }),
    table: String(route.table ?? "main"),
    ...numbersOf({
      priority: route.metric,
      mtu: metrics?.mtu,
      advmss: metrics?.advmss,
    }),
    scope: String(route.scope ?? "global"),
    isOwn: route.protocol === "kernel" || route.protocol === "ra",
  };
}

// `ip` writes a route to one address without its length.
function cidrOf(dst: string, isIpv6: boolean): string {
  if (dst === "default") return isIpv6 ? "::/0" : "0.0.0.0/0";
  return canonical(dst.includes("/") ? dst : `${dst}/${isIpv6 ? 128 : 32}`);
}

function ruleOf({ priority, src, table, ...rest }: JsonObject): string {
  return `${priority}: from ${src} ${JSON.stringify(rest)} lookup ${table}`;
}

function canonical(cidr: string): string {
  return formatCidr(parseCidr(cidr));
}

function numbersOf<Key extends string>(
  values: Readonly<Record<Key, Json | undefined>>,
): Partial<Record<Key, number>> {
  const given = Object.entries(values).filter(([, value]) =>
    typeof value === "number"
  );
  return Object.fromEntries(given) as Partial<Record<Key, number>>;
}
