import {
  type Address,
  type Cidr,
  cidrContains,
  compareAddresses,
  type Family,
  formatAddress,
  formatCidr,
  networkOf,
} from "../../../lib/net/mod.ts";
import type { Step } from "../../../lib/linux/mod.ts";
import {
  type KernelRoute,
  MAIN_TABLE,
  removalLines,
  routesOf,
  type Routing,
} from "./routing.ts";
import { familyStep } from "./family_step.ts";
import type { SbrInput } from "./read_input.ts";
import { hostText, type Source } from "./sources.ts";

/** What the steps of an ADD follow from. */
export interface StepsInput extends Omit<SbrInput, "prevResult"> {
  readonly routing: Routing;
}

/** The first table that is taken, if nothing is in it. */
const FIRST_TABLE = 100;

/** What the kernel gives an IPv6 route without a metric. */
const DEFAULT_METRIC = { 4: 0, 6: 1024 } as const;

const LINK_SCOPE = 253;

const LINK_LOCAL: Cidr = {
  address: { family: 6, value: 0xfe80n << 112n },
  prefixBits: 10,
};

/**
 * The steps of an ADD: a rule for each address, its routes in a table of its
 * own, and then their removal from the main table.
 *
 * IPv6 comes after IPv4, so that each is one batch.
 */
export function addSteps(input: StepsInput): readonly Step[] {
  const { config, sources } = input;
  const tables = config.table === undefined
    ? freeTables(input)
    : sources.map(() => config.table!);
  return ([4, 6] as const).flatMap((family) => {
    const own = sources.flatMap((source, index) =>
      source.cidr.address.family === family
        ? [{ source, table: tables[index]! }]
        : []
    );
    const rules = own.map(({ source, table }) => ruleStep(source, table));
    if (config.table !== undefined || own.length === 0) return rules;
    const moved = mainRoutes(input, family);
    return [
      ...rules,
      ...own.flatMap(({ source, table }) =>
        tableSteps(input, { source, table, moved })
      ),
      ...mainSteps(input, own.map(({ source }) => source.cidr), moved),
    ];
  });
}

/** Tables for all sources that neither a rule names nor a route is in. */
function freeTables({ sources, routing }: StepsInput): readonly number[] {
  const taken = new Set([
    ...routing.ruleTables.map(([, table]) => table),
    ...routing.routes.map(({ table }) => table),
  ]);
  let table = FIRST_TABLE;
  return sources.map(() => {
    while (taken.has(table)) table++;
    return table++;
  });
}

/** The routes of the interface in the main table. */
function mainRoutes(
  { routing, ifname }: StepsInput,
  family: Family,
): readonly KernelRoute[] {
  const routes = routesOf(routing, { table: MAIN_TABLE, ifname })
    .filter((route) => route.family === family);
  // Those on the link first: the others are reached through them.
  return [
    ...routes.filter((route) => !hasNextHop(route)),
    ...routes.filter(hasNextHop),
  ];
}

/** The routes of one source's table. */
function tableSteps(
  input: StepsInput,
  { source, table, moved }: {
    readonly source: Source;
    readonly table: number;
    readonly moved: readonly KernelRoute[];
  },
): readonly Step[] {
  const { config, sources, ifname } = input;
  const { family } = source.cidr.address;
  const chosen = config.gateways.get(family);
  const copied = moved.filter((route) =>
    belongsTo(route, source, sources) &&
    !(chosen !== undefined && isDefault(route))
  );
  const hasDefault = copied.some((route) =>
    isDefault(route) && route.metric === DEFAULT_METRIC[family]
  );
  const gateway = chosen ?? (hasDefault ? undefined : source.gateway);
  return [
    ...copied.map((route) =>
      addStep(family, route.words, { table, purpose: "copy" })
    ),
    ...(gateway === undefined
      ? []
      : [addStep(family, defaultWords(gateway, family, ifname), { table })]),
  ];
}

/**
 * Whether a route is one of a source: it leads through its subnet, or through
 * none that any source is in.
 */
function belongsTo(
  { gateway, source: hint, family }: KernelRoute,
  { cidr }: Source,
  sources: readonly Source[],
): boolean {
  const isNear = (network: Cidr) =>
    [gateway, hint].some((address) =>
      address !== undefined && cidrContains(network, address)
    );
  return isNear(cidr) ||
    !sources.some((other) =>
      other.cidr.address.family === family && isNear(other.cidr)
    );
}

/**
 * The steps in the main table. Link-local routes stay: by them the nodes of an
 * IPv6 link find each other, whatever address they bear.
 */
function mainSteps(
  { config, ifname, routing }: StepsInput,
  cidrs: readonly Cidr[],
  moved: readonly KernelRoute[],
): readonly Step[] {
  const hints = config.addSourceHints ? hintsFor(cidrs) : [];
  // The kernel replaces the first of its kind, which may be somebody else's.
  const beside = hints.filter((hint) => isTaken(hint, routing, ifname));
  const removed = moved.filter((route) =>
    !isLinkLocal(route) &&
    (!config.addSourceHints || route.scope !== LINK_SCOPE ||
      beside.some((hint) => isInPlaceOf(hint, route)))
  );
  const replaced = removed.filter((route) =>
    hints.some((hint) => !beside.includes(hint) && isInPlaceOf(hint, route))
  );
  return [
    ...removed.filter((route) => !replaced.includes(route)).toReversed()
      .flatMap(removeSteps),
    ...hints.map((hint) =>
      beside.includes(hint) ? appendHintStep(hint, ifname) : hintStep(
        hint,
        ifname,
        moved.find((route) => isInPlaceOf(hint, route)),
      )
    ),
  ];
}

/** Whether another interface has a route that a hint would replace. */
function isTaken(hint: Hint, { routes }: Routing, ifname: string): boolean {
  return routes.some((route) =>
    route.table === MAIN_TABLE && isInPlaceOf(hint, route) &&
    route.devices.some((device) => device !== ifname)
  );
}

/** A subnet, and the address of ours that packets to it are to bear. */
interface Hint {
  readonly subnet: Cidr;
  readonly address: Address;
}

/** One for each subnet; the last address in it counts. */
function hintsFor(cidrs: readonly Cidr[]): readonly Hint[] {
  const hints = cidrs.map((cidr) => ({
    subnet: networkOf(cidr),
    address: cidr.address,
  }));
  return [
    ...new Map(hints.map((hint) => [formatCidr(hint.subnet), hint])).values(),
  ];
}

/** Whether the kernel puts a hint in the place of a route. */
function isInPlaceOf({ subnet }: Hint, route: KernelRoute): boolean {
  return formatCidr(networkOf(route.dst)) === formatCidr(subnet) &&
    route.metric === DEFAULT_METRIC[route.family];
}

function hintStep(
  hint: Hint,
  ifname: string,
  original: KernelRoute | undefined,
): Step {
  const words = hintWords(hint, ifname);
  const undo = original === undefined
    ? ["route", "del", ...words]
    : ["route", "replace", ...original.words];
  return {
    ...familyStep(hint.address.family, hintPurpose(hint), [
      ...["route", "replace", ...words],
    ]),
    undo,
  };
}

function appendHintStep(hint: Hint, ifname: string): Step {
  const words = hintWords(hint, ifname);
  return {
    ...familyStep(hint.address.family, hintPurpose(hint), [
      ...["route", "append", ...words],
    ]),
    undo: ["route", "del", ...words],
  };
}

function hintWords({ subnet, address }: Hint, ifname: string) {
  return [
    ...[formatCidr(subnet), "dev", ifname],
    ...(address.family === 4 ? ["scope", "link"] : []),
    ...["src", formatAddress(address)],
  ];
}

function hintPurpose({ subnet, address }: Hint): string {
  return `have packets to ${formatCidr(subnet)} bear ${formatAddress(address)}`;
}

function ruleStep({ cidr: { address } }: Source, table: number): Step {
  const host = hostText(address);
  const words = ["from", host, "lookup", `${table}`];
  return {
    ...familyStep(
      address.family,
      `look up what ${host} sends in table ${table}`,
      [
        ...["rule", "add", ...words],
      ],
    ),
    undo: ["rule", "del", ...words],
  };
}

function addStep(
  family: Family,
  words: readonly string[],
  { table, purpose = "add" }: {
    readonly table: number;
    readonly purpose?: string;
  },
): Step {
  // Next hops stand at the end, and nothing after them.
  const [dst = "", ...rest] = words;
  const placed = [dst, "table", `${table}`, ...rest];
  return {
    ...familyStep(family, `${purpose} the route to ${dst} to table ${table}`, [
      // Kept beside another to the same destination.
      ...["route", "append", ...placed],
    ]),
    undo: ["route", "del", ...placed],
  };
}

function removeSteps(route: KernelRoute): readonly Step[] {
  const { family, words } = route;
  const purpose = `remove the route to ${words[0]} from the main table`;
  const undoOf = { append: "del", del: "append" } as const;
  return removalLines(route).map(([verb, line]) => ({
    ...familyStep(family, purpose, ["route", verb, ...line]),
    undo: ["route", undoOf[verb], ...line],
  }));
}

function defaultWords(
  gateway: Address,
  family: Family,
  ifname: string,
): readonly string[] {
  const other = gateway.family === 4 ? "inet" : "inet6";
  const via = gateway.family === family ? ["via"] : ["via", other];
  return ["default", ...via, formatAddress(gateway), "dev", ifname];
}

function hasNextHop({ gateway }: KernelRoute): boolean {
  return gateway !== undefined;
}

function isDefault({ dst }: KernelRoute): boolean {
  return dst.prefixBits === 0;
}

function isLinkLocal({ dst }: KernelRoute): boolean {
  return cidrContains(LINK_LOCAL, dst.address) && dst.prefixBits >= 10;
}

/** Whether a source has a rule already, in the one table or in any. */
export function ruledSource(
  { config: { table }, sources, routing }: StepsInput,
): Source | undefined {
  return sources.find(({ cidr: { address } }) =>
    routing.sourceRules.some((rule) =>
      compareAddresses(rule.source, address) === 0 &&
      (table === undefined || rule.table === table)
    )
  );
}
