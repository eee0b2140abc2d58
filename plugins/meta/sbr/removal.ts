import type { IpStep } from "../../../lib/linux/mod.ts";
import { type Address, compareAddresses } from "../../../lib/net/mod.ts";
import { familyStep } from "./family_step.ts";
import {
  type KernelRoute,
  MAIN_TABLE,
  removalLines,
  routesOf,
  type Routing,
  type SourceRule,
} from "./routing.ts";
import { hostText } from "./sources.ts";

/** What {@linkcode removalSteps} follows from. */
export interface RemovalInput {
  readonly routing: Routing;
  readonly ifname: string;
  /** The addresses that the attachment has or had. */
  readonly addresses: readonly Address[];
  /** The one table that the attachment uses; absent for tables of its own. */
  readonly table: number | undefined;
}

/** Tables from here to 255 are the kernel's, and those below 1 none. */
const KERNEL_TABLES = MAIN_TABLE - 1;

/**
 * The steps that remove what there is: the rules of the addresses, and the
 * interface's routes in their tables, unless somebody else fills these.
 */
export function removalSteps(
  { routing, ifname, addresses, table }: RemovalInput,
): readonly IpStep[] {
  const rules = routing.sourceRules.filter((rule) =>
    (table === undefined || rule.table === table) &&
    addresses.some((address) => compareAddresses(address, rule.source) === 0)
  );
  const tables = new Set(rules.map((rule) => rule.table));
  const routes = table !== undefined ? [] : [...tables].filter(isOwn)
    .flatMap((own) => routesOf(routing, { table: own, ifname }));
  return ([4, 6] as const).flatMap((family) => [
    ...rules.filter(({ source }) => source.family === family)
      .map(ruleRemoval),
    ...routes.filter((route) => route.family === family).flatMap(routeRemovals),
  ]);
}

function ruleRemoval({ source, table }: SourceRule): IpStep {
  const host = hostText(source);
  return familyStep(source.family, `remove the rule for ${host}`, [
    ...["rule", "del", "from", host, "lookup", `${table}`],
  ]);
}

function routeRemovals(route: KernelRoute): readonly IpStep[] {
  const { family, table, words } = route;
  const purpose = `remove the route to ${words[0]} from table ${table}`;
  return removalLines(route).map(([verb, [dst = "", ...rest]]) =>
    familyStep(family, purpose, [
      ...["route", verb, dst, "table", `${table}`, ...rest],
    ])
  );
}

function isOwn(table: number): boolean {
  return table < KERNEL_TABLES || table > MAIN_TABLE + 1;
}
