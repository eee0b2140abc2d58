import {
  type Address,
  addressBits,
  compareAddresses,
  type Family,
  formatAddress,
} from "../../../lib/net/mod.ts";
import { MAIN_TABLE, routesOf, type Routing } from "./routing.ts";

/** Lines for `ip -batch` that remove something, by family. */
export type Removal = Readonly<Record<Family, readonly (readonly string[])[]>>;

/** What {@linkcode planRemoval} follows from. */
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
 * What there is to remove: the rules of the addresses, and the interface's
 * routes in their tables, unless somebody else fills these.
 */
export function planRemoval(
  { routing, ifname, addresses, table }: RemovalInput,
): Removal {
  const rules = routing.sourceRules.filter((rule) =>
    (table === undefined || rule.table === table) &&
    addresses.some((address) => compareAddresses(address, rule.source) === 0)
  );
  const tables = new Set(rules.map((rule) => rule.table));
  const routes = table !== undefined ? [] : [...tables].filter(isOwn)
    .flatMap((own) => routesOf(routing, { table: own, ifname }));
  const of = (family: Family) => [
    ...rules.filter(({ source }) => source.family === family).map((rule) => [
      ...["rule", "del", "from", hostText(rule.source)],
      ...["lookup", `${rule.table}`],
    ]),
    ...routes.filter((route) => route.family === family).map((route) => {
      const [dst = "", ...rest] = route.words;
      return ["route", "del", dst, "table", `${route.table}`, ...rest];
    }),
  ];
  return { 4: of(4), 6: of(6) };
}

function isOwn(table: number): boolean {
  return table < KERNEL_TABLES || table > MAIN_TABLE + 1;
}

function hostText(address: Address): string {
  return `${formatAddress(address)}/${addressBits(address.family)}`;
}
