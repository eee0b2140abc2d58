import type { Address, Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError, prevResultOf } from "../../../lib/spec/mod.ts";
import type { Backend } from "./config.ts";
import type { Forwarding } from "./forwarding.ts";
import { readInput } from "./read_input.ts";
import { targetsIn } from "./target.ts";

/** Where a container's rules may be. */
export interface Place {
  readonly backend: Backend;
  readonly family: Family;
  /** What an ADD has made there, if that is known. */
  readonly forwarding?: Forwarding;
}

/** Whether two places are the same, whatever is known of them. */
export function isSamePlace(a: Place, b: Place): boolean {
  return a.backend === b.backend && a.family === b.family;
}

/**
 * Where an ADD by this configuration would have made rules; nowhere if it
 * tells of no mappings. A configuration that has changed for the worse since
 * is no error.
 */
export function expectedPlaces(request: Request): readonly Place[] {
  const { fields } = request.config;
  if (!hasMappings(request)) return [];
  const isNft = fields.json("backend") === "nftables";
  const backend = isNft ? "nftables" : "iptables";
  const forwardings = lenient(() => readInput(request).forwardings) ?? [];
  if (forwardings.length > 0) {
    return forwardings.map((forwarding) => {
      const { family } = forwarding;
      return { backend, family, forwarding };
    });
  }
  const addresses = knownAddresses(request);
  const families = addresses?.map(({ family }) => family) ?? [4, 6] as const;
  return families.map((family: Family) => ({ backend, family }));
}

/** The container's addresses in the network, if prevResult tells them. */
export function knownAddresses(
  { config, ifname }: Request,
): readonly Address[] | undefined {
  const prevResult = lenient(() => prevResultOf(config));
  const targets = targetsIn(prevResult ?? {}, ifname);
  return targets.length === 0
    ? undefined
    : targets.map(({ address }) => address);
}

/** Whether a configuration tells of mappings, good or bad ones. */
export function hasMappings({ config: { fields } }: Request): boolean {
  const entries = Object.entries(fields.json("runtimeConfig") ?? {});
  return entries.some(([key, value]) =>
    key.toLowerCase() === "portmappings" && Array.isArray(value) &&
    value.length > 0
  );
}

/** What `read` returns; `undefined` if there is a fault in what it reads. */
function lenient<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
