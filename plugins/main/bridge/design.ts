import { linkAlias } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Interface } from "../../../lib/spec/mod.ts";
import {
  type Addressing,
  type Design,
  type Known,
  randomLinkName,
  type RuleTools,
} from "../../shared/mod.ts";
import { completeAddressing, planGatewayAddresses } from "./addressing.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import {
  type ChosenNames,
  type PairInput,
  planBridge,
  planGateway,
  type PlanInput,
  planPort,
  planReady,
  planSandbox,
} from "./steps.ts";

/** Decides what an ADD does. */
export function designBridge(
  request: Request,
  { config, facts }: Known<BridgeConfig, HostLinks>,
): Design {
  return designOf(withHostLinks(choosePair(request, config), facts));
}

/**
 * Adds the host's links as they are. The configuration may call the bridge by
 * an alternative name: from here on it has its own.
 */
export function withHostLinks(draft: PairInput, links: HostLinks): PairInput {
  const { bridge } = links;
  const config = bridge === undefined
    ? draft.config
    : { ...draft.config, bridge: bridge.name };
  return { ...draft, ...links, config };
}

/**
 * Puts together what the steps follow from that need no addresses, as if there
 * were no bridge yet.
 */
export function choosePair(
  { netns, ifname, containerId, config: { name: network } }: Request,
  config: BridgeConfig,
): PairInput {
  return {
    config,
    bridge: undefined,
    names: chooseNames(config),
    netns,
    containerId,
    ifname,
    alias: linkAlias({ network, containerId, ifname }),
    gateway: { name: config.bridge, link: undefined },
  };
}

/**
 * As {@linkcode designBridge}, with all names chosen.
 *
 * @param isMade Whether the pair is there already, with its port on the bridge.
 */
export function designOf(
  pair: PairInput,
  { isMade = false }: { readonly isMade?: boolean } = {},
): Design {
  const { config, names } = pair;
  const bridge = planBridge(pair);
  return {
    link: isMade ? [] : [...bridge, ...planPort(pair)],
    rules: (tools) => addFrameRules(pair, tools),
    interfaces: interfacesOf(pair),
    ready: planReady(pair),
    finish: (given, options) => {
      const input = withAddressing(pair, given);
      const { addressing } = input;
      return {
        host: [...(isMade ? bridge : []), ...planGateway(input)],
        sandbox: planSandbox(input, options),
        addressing: addressing &&
          { ips: addressing.ips, routes: addressing.routes },
      };
    },
    awaited: config.disableContainerInterface
      ? undefined
      : { name: names.hostName, what: "bridge port" },
    detection: { remedy: "set enabledad to false to go without it" },
  };
}

/**
 * Adds what the other steps follow from.
 *
 * @param given What the IPAM plugin gave; absent for a layer-2 network.
 * @throws {CniError} Code 7 if an address of the bridge is in the way.
 */
export function withAddressing(
  pair: PairInput,
  given: Addressing | undefined,
): PlanInput {
  const { config, gateway } = pair;
  const addressing = given && completeAddressing(given, config);
  const gateways = addressing?.gateways ?? [];
  return {
    ...pair,
    gatewayAddresses: planGatewayAddresses(gateway, gateways, config),
    ...(addressing === undefined ? {} : { addressing }),
  };
}

/** Bridge, both ends of the pair, and the host's interface in a VLAN. */
function interfacesOf(
  { config, bridge, names, netns, ifname, gateway }: PairInput,
): readonly Interface[] {
  const known = (name: string, mac: string | undefined): Interface =>
    mac === undefined ? { name } : { name, mac };
  return [
    known(config.bridge, bridge?.mac),
    { name: names.hostName, mac: names.hostMac },
    { name: ifname, mac: names.containerMac, sandbox: netns },
    ...(gateway.name === config.bridge
      ? []
      : [known(gateway.name, gateway.link?.mac)]),
  ];
}

async function addFrameRules(
  { config: { macSpoofCheck }, names, containerId, ifname }: PairInput,
  tools: RuleTools,
): Promise<void> {
  if (!macSpoofCheck) return;
  const { addSpoofCheck } = await import("./spoof_check_linux.ts");
  const source = { hostName: names.hostName, mac: names.containerMac };
  await addSpoofCheck({ containerId, ifname }, source, tools);
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
