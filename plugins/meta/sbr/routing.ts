import {
  type Address,
  addressBits,
  type Cidr,
  type Family,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";

/** A rule that looks a source address up in a table, and does no more. */
export interface SourceRule {
  readonly source: Address;
  readonly table: number;
}

/** A route as the kernel has it. */
export interface KernelRoute {
  readonly family: Family;
  readonly table: number;
  readonly dst: Cidr;
  readonly gateway?: Address;
  /** The address that packets bear if nobody chooses another. */
  readonly source?: Address;
  /** The kernel's number: 0 global, 253 link. */
  readonly scope: number;
  /** 0 if it has none. */
  readonly metric: number;
  /** The interfaces that it leads to. */
  readonly devices: readonly string[];
  /** The words by which `ip route add` makes it, without its table. */
  readonly words: readonly string[];
  /** Of a part of a route, the route that it is part of. */
  readonly shared?: SharedRoute;
}

/** A route of several next hops, some of which lead to other interfaces. */
export interface SharedRoute {
  /** The words that make all of it, without its table. */
  readonly whole: readonly string[];
  /** The words that make what the other interfaces have of it. */
  readonly rest: readonly string[];
}

/** What a network namespace knows of routing. */
export interface Routing {
  /** The tables that any rule names, by family. */
  readonly ruleTables: readonly (readonly [Family, number])[];
  readonly sourceRules: readonly SourceRule[];
  readonly routes: readonly KernelRoute[];
  /** The addresses of the interface. */
  readonly addresses: readonly Cidr[];
}

/** The table that a route is in unless it says otherwise. */
export const MAIN_TABLE = 254;

/** Words that tell of a state and cannot be set. */
const STATES = new Set([
  ...["linkdown", "dead", "offload", "trap", "offload_failed"],
  ...["rt_offload", "rt_trap", "rt_offload_failed", "cache"],
]);

/**
 * Reads what `ip -N -o -batch` has shown of rules, routes and addresses of one
 * family, in any order. Lines of other kinds are passed over.
 *
 * @param ifname The interface whose addresses count.
 */
export function parseRouting(
  text: string,
  family: Family,
  ifname: string,
): Routing {
  const lines = text.split("\n").filter((line) => line !== "");
  const rules = lines.flatMap((line) => parseRule(line, family) ?? []);
  return {
    ruleTables: rules.map(({ table }) => [family, table]),
    sourceRules: rules.flatMap(({ source, table }) =>
      source === undefined ? [] : [{ source, table }]
    ),
    routes: lines.flatMap((line) => parseKernelRoute(line, family) ?? []),
    addresses: lines.flatMap((line) => parseShownAddress(line, ifname) ?? []),
  };
}

/** What is known of both families together. */
export function joinRouting(parts: readonly Routing[]): Routing {
  return {
    ruleTables: parts.flatMap(({ ruleTables }) => ruleTables),
    sourceRules: parts.flatMap(({ sourceRules }) => sourceRules),
    routes: parts.flatMap(({ routes }) => routes),
    addresses: parts.flatMap(({ addresses }) => addresses),
  };
}

/**
 * The routes of an interface in a table: of a route that leads to other
 * interfaces as well only the interface's own next hops. The kernel shows IPv6
 * routes to one destination as one, whoever made each.
 */
export function routesOf(
  { routes }: Routing,
  { table, ifname }: { readonly table: number; readonly ifname: string },
): readonly KernelRoute[] {
  return routes.filter((route) =>
    route.table === table && route.devices.includes(ifname)
  ).map((route) => ownPart(route, ifname));
}

function ownPart(route: KernelRoute, ifname: string): KernelRoute {
  if (route.devices.every((device) => device === ifname)) return route;
  const { head, hops } = hopsOf(route.words);
  const isOwn = (hop: readonly string[]) => wordAfter(hop, "dev") === ifname;
  const own = hops.filter(isOwn).flat();
  const rest = hops.filter((hop) => !isOwn(hop)).flat();
  const { gateway: _gateway, ...common } = route;
  const gateway = addressAfter(own, "via");
  return {
    ...common,
    ...(gateway === undefined ? {} : { gateway }),
    devices: [ifname],
    words: [...head, ...own],
    shared: { whole: route.words, rest: [...head, ...rest] },
  };
}

/**
 * What takes away a route of {@linkcode routesOf}: the verbs of `ip route`, and
 * the words of each without a table. IPv6 deletes a single next hop. In IPv4
 * there is only the whole, so what others have of it is made first: it comes
 * behind the whole, which is the first that a deletion finds.
 */
export function removalLines(
  { family, words, shared }: KernelRoute,
): readonly (readonly ["append" | "del", readonly string[]])[] {
  if (shared === undefined || family === 6) return [["del", words]];
  return [["append", shared.rest], ["del", shared.whole]];
}

/** What stands before the next hops, and the words of each of them. */
function hopsOf(words: readonly string[]) {
  const starts = words.flatMap((word, index) =>
    word === "nexthop" ? [index] : []
  );
  const hops = starts.map((start, index) =>
    words.slice(start, starts[index + 1])
  );
  return { head: words.slice(0, starts[0]), hops };
}

/** `32765: from 10.0.0.5 lookup 100`, with a tab before `from`. */
function parseRule(
  line: string,
  family: Family,
): { readonly source?: Address; readonly table: number } | undefined {
  const [, selector = "", table] =
    /^\d+:\t(.*?)\s*\blookup (\d+)( proto \S+)?\s*$/.exec(line) ?? [];
  if (table === undefined) return undefined;
  const [, text = ""] = /^from (\S+)$/.exec(selector) ?? [];
  const source = hostOf(text, family);
  return { table: Number(table), ...(source === undefined ? {} : { source }) };
}

/** The address of a text without a prefix, or with one of full length. */
function hostOf(text: string, family: Family): Address | undefined {
  const bits = addressBits(family);
  const [address = "", prefix = `${bits}`] = text.split("/");
  if (!/[.:]/.test(address) || prefix !== `${bits}`) return undefined;
  return parseAddress(address);
}

/** `3: eth0    inet 10.0.0.5/24 scope 0 eth0\       valid_lft forever…`. */
function parseShownAddress(line: string, ifname: string): Cidr | undefined {
  const [, name, cidr] = /^\d+: (\S+)\s+inet6? (\S+\/\d+) /.exec(line) ?? [];
  return cidr === undefined || name !== ifname ? undefined : parseCidr(cidr);
}

function parseKernelRoute(
  line: string,
  family: Family,
): KernelRoute | undefined {
  if (/^\d+:\s/.test(line)) return undefined;
  const words = wordsOf(line);
  // A number at the start is the kind of a route that is no plain one.
  const [text = ""] = words;
  const dst = destinationOf(text, family);
  if (dst === undefined) return undefined;
  const gateway = addressAfter(words, "via");
  const source = addressAfter(words, "src");
  const table = Number(wordAfter(words, "table") ?? MAIN_TABLE);
  return {
    family,
    table,
    dst,
    ...(gateway === undefined ? {} : { gateway }),
    ...(source === undefined ? {} : { source }),
    scope: Number(wordAfter(words, "scope") ?? 0),
    metric: Number(wordAfter(words, "metric") ?? 0),
    devices: words.filter((_word, index) => words[index - 1] === "dev"),
    words: without(words, "table"),
  };
}

/** The words of a line that `ip route add` takes. */
function wordsOf(line: string): readonly string[] {
  const words = line.split(/[\s\\]+/).filter((word) =>
    word !== "" && !STATES.has(word)
  );
  return without(words, "expires");
}

function without(words: readonly string[], key: string): readonly string[] {
  const index = words.indexOf(key);
  return index === -1 ? words : words.toSpliced(index, 2);
}

function wordAfter(words: readonly string[], key: string): string | undefined {
  const index = words.indexOf(key);
  return index === -1 ? undefined : words[index + 1];
}

function addressAfter(
  words: readonly string[],
  key: string,
): Address | undefined {
  const word = wordAfter(words, key);
  const text = word?.startsWith("inet") ? wordAfter(words, word) : word;
  return text === undefined ? undefined : parseAddress(text);
}

function destinationOf(text: string, family: Family): Cidr | undefined {
  if (text === "default") {
    return { address: { family, value: 0n }, prefixBits: 0 };
  }
  if (!/[.:]/.test(text)) return undefined;
  return parseCidr(
    text.includes("/") ? text : `${text}/${addressBits(family)}`,
  );
}
