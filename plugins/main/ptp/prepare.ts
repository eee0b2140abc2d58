import { linkAlias } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import { randomLinkName, requireAddresses } from "../../shared/mod.ts";
import type { PtpConfig } from "./config.ts";
import type { PairInput, PlanInput } from "./plan.ts";
import { hopsOf } from "./routing.ts";

/** The container's interface in `interfaces` of the result. */
const CONTAINER_INTERFACE = 1;

/** Puts together what the steps follow from that need no addresses. */
export function preparePair(request: Request, config: PtpConfig): PairInput {
  const { netns, ifname, containerId } = request;
  return {
    config,
    names: {
      hostName: randomLinkName(),
      hostMac: randomMac(),
      containerMac: randomMac(),
    },
    netns,
    ifname,
    alias: linkAlias({ network: request.config.name, containerId, ifname }),
  };
}

/**
 * Adds what the other steps follow from.
 *
 * @throws {CniError} Code 999 if the IPAM plugin gave no address, or one
 * without a gateway.
 */
export function preparePlan(pair: PairInput, ipam: Result): PlanInput {
  const { ipamType } = pair.config;
  const addressing = requireAddresses(ipam, ipamType, CONTAINER_INTERFACE);
  return { ...pair, addressing, hops: hopsOf(addressing.ips) };
}

/** The result of an ADD: both ends of the pair, the host's first. */
export function resultOf(
  { names, netns, ifname, addressing }: PlanInput,
  dns: Dns | undefined,
): Result {
  return {
    interfaces: [
      { name: names.hostName, mac: names.hostMac },
      { name: ifname, mac: names.containerMac, sandbox: netns },
    ],
    ...addressing,
    ...(dns === undefined ? {} : { dns }),
  };
}
