import type { LinkState } from "../../../lib/linux/mod.ts";
import type { Dns, Interface, Result } from "../../../lib/spec/mod.ts";
import { type Addressing, requireAddresses } from "../addresses.ts";
import type { Design } from "./design.ts";
import type { InterfaceConfig } from "./kind.ts";

/** What a result follows from, besides a design. */
interface Given {
  readonly config: InterfaceConfig;
  /** The IPAM plugin's result; absent without one. */
  readonly ipam: Result | undefined;
}

/**
 * What the IPAM plugin gave, as the container's interface has it.
 *
 * @throws {CniError} Code 999 if it gave no address.
 */
export function addressingOf(
  { interfaces }: Pick<Design, "interfaces">,
  { config: { ipamType = "" }, ipam }: Given,
): Addressing | undefined {
  const index = interfaces.findIndex(({ sandbox }) => sandbox !== undefined);
  return ipam && requireAddresses(ipam, ipamType, index);
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
  { config: { dns }, ipam }: Given,
): Dns | undefined {
  return ignoresIpamDns ? dns : dns ?? ipam?.dns;
}
