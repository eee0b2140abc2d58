import type { LinkState } from "../../../lib/linux/mod.ts";
import type { Dns, Interface, Result } from "../../../lib/spec/mod.ts";
import type { Addressing } from "../addresses.ts";
import type { Design } from "./design.ts";
import type { InterfaceConfig } from "./kind.ts";

/** The container's interface in `interfaces` of the result. */
export function containerIndexOf({ interfaces }: Design): number {
  return interfaces.findIndex(({ sandbox }) => sandbox !== undefined);
}

/** What a result says besides what was designed. */
export interface ResultParts {
  readonly addressing: Addressing | undefined;
  readonly dns: Dns | undefined;
  /** The host's links as they are at the end. */
  readonly links: readonly LinkState[];
}

/** The result of an ADD. */
export function resultOf(
  { interfaces }: Design,
  { addressing, dns, links }: ResultParts,
): Result {
  const asItIs = (one: Interface): Interface => {
    if (one.sandbox !== undefined) return one;
    const mac = links.find(({ name }) => name === one.name)?.mac;
    return mac === undefined ? one : { ...one, mac };
  };
  return {
    interfaces: interfaces.map(asItIs),
    ...addressing,
    ...(dns === undefined ? {} : { dns }),
  };
}

/** What the result says of name resolution. */
export function dnsIn(
  { ignoresIpamDns }: { readonly ignoresIpamDns?: boolean },
  { config: { dns }, ipam }: {
    readonly config: InterfaceConfig;
    readonly ipam: Result | undefined;
  },
): Dns | undefined {
  return ignoresIpamDns ? dns : dns ?? ipam?.dns;
}
