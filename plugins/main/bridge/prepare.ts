import { linkAlias } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { randomLinkName } from "../../shared/mod.ts";
import { completeAddressing, planGatewayAddresses } from "./addressing.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import type { ChosenNames, PairInput, PlanInput } from "./plan.ts";

/**
 * Puts together what the steps follow from that need no addresses.
 *
 * @param host What is there; as if nothing were, when absent.
 */
export function preparePair(
  request: Request,
  config: BridgeConfig,
  host?: HostLinks,
): PairInput {
  const absent = { name: config.bridge, link: undefined };
  return {
    config,
    bridge: host?.bridge,
    names: chooseNames(config),
    netns: request.netns,
    ifname: request.ifname,
    alias: linkAlias({
      network: request.config.name,
      containerId: request.containerId,
      ifname: request.ifname,
    }),
    gateway: host?.gateway ?? absent,
  };
}

/**
 * Adds what the other steps follow from.
 *
 * @param ipam The IPAM plugin's result; absent for a layer-2 network.
 * @throws {CniError} Code 7 if an address of the bridge is in the way, code
 * 999 if the IPAM plugin gave no address.
 */
export function preparePlan(
  pair: PairInput,
  ipam: Result | undefined,
): PlanInput {
  const { config, gateway } = pair;
  const addressing = ipam && completeAddressing(ipam, config);
  const gateways = addressing?.gateways ?? [];
  return {
    ...pair,
    gatewayAddresses: planGatewayAddresses(gateway, gateways, config),
    ...(addressing === undefined ? {} : { addressing }),
  };
}

/** Unique by chance, so that nothing has to be asked of the kernel first. */
function chooseNames({ mac }: BridgeConfig): ChosenNames {
  return {
    hostName: randomLinkName(),
    hostMac: randomMac(),
    containerMac: mac ?? randomMac(),
    bridgeMac: randomMac(),
    vlanPeerName: randomLinkName(),
  };
}
