import type { Interface, Result } from "../../../lib/spec/mod.ts";
import { isContainerInterface } from "../../shared/chained/mod.ts";
import type { LinkAttributes } from "./link_attributes.ts";

/** Where the interface is that was changed. */
export interface TunedInterface {
  /** The interface's name in the container. */
  readonly ifname: string;
}

/**
 * The result of the plugins before this one, with what was changed: the
 * hardware address of the container's interface and, where one is told, its
 * MTU.
 */
export function tunedResult(
  result: Result,
  { ifname }: TunedInterface,
  { mac, mtu }: Partial<LinkAttributes>,
): Result {
  const { interfaces } = result;
  if (interfaces === undefined) return result;
  const tuned = (one: Interface): Interface => ({
    ...one,
    ...(mac === undefined ? {} : { mac }),
    ...(mtu === undefined || one.mtu === undefined ? {} : { mtu }),
  });
  return {
    ...result,
    interfaces: interfaces.map((one) =>
      isContainerInterface(one, ifname) ? tuned(one) : one
    ),
  };
}
