import { sandboxText } from "../../../lib/linux/mod.ts";
import {
  cidrContains,
  compareAddresses,
  formatAddress,
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import type { Result, Route } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { differs } from "../../shared/compare/mod.ts";
import { readInput } from "./read_input.ts";
import { readRouting } from "./read_routing_linux.ts";
import { type KernelRoute, MAIN_TABLE, routesOf } from "./routing.ts";
import { familiesOf, type Source } from "./sources.ts";
import type { StepsInput } from "./steps.ts";

/**
 * Verifies that each address of the interface has its rule, and its table what
 * is needed (CNI 1.1.0, section 2, "CHECK").
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkSbr(
  request: Request,
  { run, act }: Executor,
): Promise<void> {
  const given = readInput(request);
  const families = familiesOf(given.sources);
  await act(looks(request), async () => {
    const routing = await readRouting(request, { families, run });
    checkSources({ ...given, routing }, given.prevResult);
  });
}

function looks({ netns }: Request): readonly PlannedAct[] {
  return [
    {
      purpose: "look for the rule of each address",
      command: sandboxText("ip rule show", netns),
    },
    {
      purpose: "look for the routes in their tables",
      command: sandboxText("ip route show table all", netns),
    },
  ];
}

function checkSources(input: StepsInput, { routes = [] }: Result): void {
  for (const source of input.sources) {
    const table = checkRule(input, source);
    // Of a table that somebody else fills nothing is known.
    if (input.config.table !== undefined) continue;
    checkDefault(input, source, table);
    for (const route of routes) checkRoute(input, { source, table, route });
    if (input.config.addSourceHints) checkHint(input, source);
  }
}

/** The table that the source's rule names. */
function checkRule(
  { routing, config }: StepsInput,
  { cidr: { address } }: Source,
): number {
  const found = routing.sourceRules.filter(({ source }) =>
    compareAddresses(source, address) === 0
  );
  const rule = config.table === undefined
    ? found[0]
    : found.find(({ table }) => table === config.table);
  if (rule !== undefined) return rule.table;
  const why = config.table === undefined
    ? "it is gone"
    : `none names table ${config.table}`;
  throw differs(`the rule for ${formatAddress(address)}`, why);
}

/** A gateway that the configuration names must be it, another may differ. */
function checkDefault(
  { routing, config, ifname }: StepsInput,
  { cidr: { address: { family } }, gateway: stated }: Source,
  table: number,
): void {
  const chosen = config.gateways.get(family);
  if (chosen === undefined && stated === undefined) return;
  const defaults = ofFamily(routesOf(routing, { table, ifname }), family)
    .filter(({ dst }) => dst.prefixBits === 0);
  const what = `the default route in table ${table}`;
  if (defaults.length === 0) throw differs(what, "it is gone");
  const isChosen = chosen === undefined ||
    defaults.some(({ gateway }) =>
      gateway !== undefined && compareAddresses(gateway, chosen) === 0
    );
  if (isChosen) return;
  throw differs(what, `it is not by ${formatAddress(chosen)}`);
}

/** A route of the result through the source's subnet must be in its table. */
function checkRoute(
  { routing, ifname }: StepsInput,
  { source: { cidr }, table, route: { dst, gw, table: other } }: {
    readonly source: Source;
    readonly table: number;
    readonly route: Route;
  },
): void {
  const wanted = networkOf(parseCidr(dst));
  const isOurs = !other && wanted.prefixBits > 0 && gw !== undefined &&
    wanted.address.family === cidr.address.family &&
    cidrContains(cidr, parseAddress(gw));
  if (!isOurs) return;
  const isThere = routesOf(routing, { table, ifname }).some((route) =>
    formatCidr(route.dst) === formatCidr(wanted)
  );
  if (isThere) return;
  throw differs(`the route to ${dst} in table ${table}`, "it is gone");
}

function checkHint({ routing, ifname }: StepsInput, { cidr }: Source): void {
  const subnet = formatCidr(networkOf(cidr));
  const isThere = routesOf(routing, { table: MAIN_TABLE, ifname })
    .some(({ dst, source }) =>
      formatCidr(dst) === subnet && source !== undefined
    );
  if (isThere) return;
  throw differs(`the source hint for ${subnet}`, "it is gone");
}

function ofFamily(
  routes: readonly KernelRoute[],
  family: 4 | 6,
): readonly KernelRoute[] {
  return routes.filter((route) => route.family === family);
}
