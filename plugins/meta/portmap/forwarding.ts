import type { Cidr, Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { PortmapConfig } from "./config.ts";
import { isOfFamily, type PortMapping } from "./mapping.ts";
import { targetsIn } from "./target.ts";
import type { Result } from "../../../lib/spec/mod.ts";

/** Whose ports are mapped. */
export interface Owner {
  /** The network's name. */
  readonly network: string;
  /** The container's id. */
  readonly containerId: string;
}

/** All that is mapped of one family: what its rules follow from. */
export interface Forwarding extends Owner {
  readonly family: Family;
  /** The container's address, with its subnet's length. */
  readonly target: Cidr;
  readonly config: PortmapConfig;
}

/** What is to be mapped of each family that the container has. */
export function forwardingsOf(
  { config: { name }, containerId, ifname }: Request,
  config: PortmapConfig,
  prevResult: Result,
): readonly Forwarding[] {
  if (config.mappings.length === 0) return [];
  return targetsIn(prevResult, ifname).map((target) => ({
    network: name,
    containerId,
    family: target.address.family,
    target,
    config,
  }));
}

/** The mappings that are of a forwarding's family. */
export function mappingsOf(
  { config, family }: Forwarding,
): readonly PortMapping[] {
  return config.mappings.filter((one) => isOfFamily(one, family));
}

/** The mappings that no forwarding serves: the container lacks the family. */
export function unservedOf(
  { mappings }: PortmapConfig,
  forwardings: readonly Forwarding[],
): readonly PortMapping[] {
  return mappings.filter((one) =>
    !forwardings.some(({ family }) => isOfFamily(one, family))
  );
}
