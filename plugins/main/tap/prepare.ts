import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import { requireAddresses } from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";
import type { LinkInput, PlanInput } from "./plan.ts";

/** The container's interface in `interfaces` of the result. */
const CONTAINER_INTERFACE = 0;

/** Puts together what the steps follow from that need no addresses. */
export function prepareLink(
  { netns, ifname }: Request,
  config: TapConfig,
): LinkInput {
  return { config, mac: config.mac ?? randomMac(), netns, ifname };
}

/**
 * Adds what the other steps follow from.
 *
 * @param ipam The IPAM plugin's result; absent without one.
 * @throws {CniError} Code 999 if the IPAM plugin gave no address.
 */
export function preparePlan(
  link: LinkInput,
  ipam: Result | undefined,
): PlanInput {
  if (ipam === undefined) return link;
  const { ipamType = "" } = link.config;
  const addressing = requireAddresses(ipam, ipamType, CONTAINER_INTERFACE);
  return { ...link, addressing };
}

/** The result of an ADD: the container's interface alone. */
export function resultOf(
  { ifname, mac, netns, addressing }: PlanInput,
  dns: Dns | undefined,
): Result {
  return {
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    ...addressing,
    ...(dns === undefined ? {} : { dns }),
  };
}
