import { demand } from "../../suite/mod.ts";
import type { Kernel, KernelLink, KernelRoute } from "./kernel.ts";

/** What of a kernel's state is left out of a comparison. */
export interface FactOptions {
  /** Links of these names, with what is theirs. */
  readonly without?: readonly string[];
}

/**
 * A kernel's state as sentences, sorted: what can be compared and is fit to be
 * read. Whether a link has a carrier is left out, since that comes later.
 */
export function factsOf(
  { links, routes, rules }: Kernel,
  { without = [] }: FactOptions = {},
): readonly string[] {
  const isIn = (name: string | undefined) => !without.includes(name ?? "");
  return [
    ...links.filter(({ name }) => isIn(name)).flatMap(linkFacts),
    ...routes.filter(({ dev }) => isIn(dev)).map(routeFact),
    ...rules.map((rule) => `rule ${rule}`),
  ].toSorted();
}

/** Demands that a state is as it was before. */
export function demandSame(
  before: readonly string[],
  after: readonly string[],
  message: string,
): void {
  const gone = before.filter((fact) => !after.includes(fact));
  const added = after.filter((fact) => !before.includes(fact));
  const changes = [
    ...gone.map((fact) => `- ${fact}`),
    ...added.map((fact) => `+ ${fact}`),
  ];
  demand(changes.length === 0, `${message}:\n${changes.join("\n")}`);
}

function linkFacts(link: KernelLink): readonly string[] {
  const { name, kind, mac, mtu, isUp, master, addresses } = link;
  const parts = [
    ...(kind === "" ? [] : [kind]),
    ...(mac === undefined ? [] : [`MAC address ${mac}`]),
    `MTU ${mtu}`,
    isUp ? "up" : "down",
    ...(master === undefined ? [] : [`a port of ${master}`]),
  ];
  return [
    `link ${name}: ${parts.join(", ")}`,
    ...addresses.map((address) => `address ${address} on ${name}`),
  ];
}

function routeFact(route: KernelRoute): string {
  const { dst, gw, dev, table, priority, mtu, advmss, scope } = route;
  const words = [
    `route ${dst}`,
    ...(gw === undefined ? [] : [`via ${gw}`]),
    `dev ${dev ?? "none"} table ${table} scope ${scope}`,
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(mtu === undefined ? [] : [`mtu ${mtu}`]),
    ...(advmss === undefined ? [] : [`advmss ${advmss}`]),
  ];
  return words.join(" ");
}
