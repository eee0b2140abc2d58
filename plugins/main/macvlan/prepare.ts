import type { Link } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { randomLinkName, requireAddresses } from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";
import type { LinkInput, PlanInput } from "./plan.ts";

/** The container's interface in `interfaces` of the result. */
const CONTAINER_INTERFACE = 0;

/** Puts together what the steps follow from that need no addresses. */
export function prepareLink(
  { netns, ifname }: Request,
  config: MacvlanConfig,
  master: Link,
): LinkInput {
  const own = config.mode === "passthru" ? master.mac : randomMac();
  return {
    config,
    master,
    firstName: randomLinkName(),
    mac: config.mac ?? own,
    netns,
    ifname,
  };
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
  { config: { dns }, ifname, mac, netns, addressing }: PlanInput,
): Result {
  return {
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    ...addressing,
    ...(dns === undefined ? {} : { dns }),
  };
}
