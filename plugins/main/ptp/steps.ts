import { formatAddress, formatCidr } from "../../../lib/net/mod.ts";
import { type IpStep, ipStep, type Step } from "../../../lib/linux/mod.ts";
import {
  type Addressing,
  addressStep,
  type FinishOptions,
  forwardingSteps,
  interfaceSteps,
  optionalSysctl,
  setUpStep,
  vethStep,
} from "../../shared/mod.ts";
import type { PtpConfig } from "./config.ts";
import {
  gatewayCidrs,
  type Hop,
  hostCidr,
  type SourceRoute,
  sourceRoutes,
} from "./routing.ts";

/** The values that only need to be unique, chosen before anything is done. */
export interface ChosenNames {
  /** The pair's end in the host. */
  readonly hostName: string;
  readonly hostMac: string;
  readonly containerMac: string;
}

/** What the steps follow from that need no addresses. */
export interface PairInput {
  readonly config: PtpConfig;
  readonly names: ChosenNames;
  readonly netns: string;
  readonly ifname: string;
  /** Tells, on the host's end, whose the pair is. */
  readonly alias: string | undefined;
}

/** The steps that make the pair. Removing it takes back all that is on it. */
export function planPair(
  { config, names, netns, ifname, alias }: PairInput,
): readonly Step[] {
  const { hostName } = names;
  const { mtuBytes } = config;
  return [
    vethStep({ ...names, ifname, netns, mtuBytes }),
    ...(alias === undefined ? [] : [markStep(hostName, alias)]),
    // Before it is up: whatever the container advertises, the host keeps its
    // own routes.
    optionalSysctl("host", `net/ipv6/conf/${hostName}/accept_ra`, "0"),
    setUpStep("host", hostName),
  ];
}

/** The steps that make the host the container's router. */
export function planHost(
  { names: { hostName } }: PairInput,
  hops: readonly Hop[],
): readonly Step[] {
  const families = new Set(hops.map(({ gateway }) => gateway.family));
  const ipv6Key = `net/ipv6/conf/${hostName}/disable_ipv6`;
  return [
    ...forwardingSteps(families),
    ...(families.has(6) ? [optionalSysctl("host", ipv6Key, "0")] : []),
    // Nobody else can have the link's addresses, so none is waited for.
    ...gatewayCidrs(hops).map((cidr) =>
      addressStep("host", cidr, hostName, { isAlone: true })
    ),
    ...hops.map(({ cidr }) => containerRouteStep(cidr, hostName)),
  ];
}

/** The steps that set the container's end up, before it has addresses. */
export function planReady({ ifname }: PairInput): readonly Step[] {
  return [noDetectionStep(ifname), setUpStep("sandbox", ifname)];
}

/**
 * The steps in the container's namespace. The last one shows the interface, if
 * duplicate address detection may have to be awaited.
 */
export function planSandbox(
  { ifname }: PairInput,
  { addressing, hops, isReady = false }: FinishOptions & {
    readonly addressing: Addressing | undefined;
    readonly hops: readonly Hop[];
  },
): readonly Step[] {
  const hasIpv6 = hops.some(({ gateway }) => gateway.family === 6);
  return [
    ...(hasIpv6 && !isReady ? [noDetectionStep(ifname)] : []),
    ...interfaceSteps(ifname, addressing, {
      isAlone: true,
      isUp: isReady,
      withoutSubnetRoutes: true,
      beforeRoutes: sourceRoutes(hops).map((route) =>
        sourceRouteStep(route, ifname)
      ),
    }),
  ];
}

function noDetectionStep(ifname: string): Step {
  return optionalSysctl("sandbox", `net/ipv6/conf/${ifname}/accept_dad`, "0");
}

function markStep(name: string, alias: string): IpStep {
  return ipStep("host", `mark "${name}" with its owner`, [
    ...["link", "set", "dev", name, "alias", alias],
  ]);
}

function containerRouteStep(cidr: Hop["cidr"], hostName: string): IpStep {
  const dst = formatCidr(hostCidr(cidr.address));
  return ipStep("host", `route ${dst} to the container`, [
    ...["route", "add", dst, "dev", hostName, "scope", "host"],
  ]);
}

function sourceRouteStep(
  { dst, via, source }: SourceRoute,
  ifname: string,
): IpStep {
  const text = formatCidr(dst);
  // Beside that of another attachment to the network, which may be there.
  return ipStep("sandbox", `add the route to ${text}`, [
    ...["route", "append", text],
    ...(via === undefined ? [] : ["via", formatAddress(via)]),
    ...["dev", ifname],
    ...(via === undefined ? ["scope", "link"] : []),
    ...["src", formatAddress(source)],
  ]);
}
