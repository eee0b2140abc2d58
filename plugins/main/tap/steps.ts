import { type IpStep, ipStep, type Step } from "../../../lib/linux/mod.ts";
import {
  type Addressing,
  type FinishOptions,
  interfaceSteps,
  optionalSysctl,
  setUpStep,
} from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";

/** What the steps follow from that need no addresses. */
export interface LinkInput {
  readonly config: TapConfig;
  /** The device's hardware address. */
  readonly mac: string;
  readonly netns: string;
  readonly ifname: string;
}

/** The step that makes the device, under its name: one that is taken fails. */
export function planDevice({ config, ifname }: LinkInput): IpStep {
  const { isMultiQueue, owner, group } = config;
  const purpose = `make the tap device "${ifname}"`;
  return {
    ...ipStep("sandbox", purpose, [
      ...["tuntap", "add", "mode", "tap", "name", ifname],
      ...(isMultiQueue ? ["multi_queue"] : []),
      ...(owner === undefined ? [] : ["user", owner]),
      ...(group === undefined ? [] : ["group", group]),
      // As the reference has it, which goes another way about this case.
      ...(hasVnetHeader(config) ? ["vnet_hdr"] : []),
    ]),
    undo: ["link", "del", "dev", ifname],
  };
}

/** The steps that make the device what it is to be, but for addresses. */
export function planAttributes(
  { config: { mtuBytes, bridge }, ifname, mac }: LinkInput,
): readonly Step[] {
  return [
    ipStep("sandbox", `give "${ifname}" the hardware address ${mac}`, [
      ...["link", "set", "dev", ifname, "address", mac],
      ...(mtuBytes > 0 ? ["mtu", mtuBytes] : []),
    ]),
    ...(bridge === undefined
      ? []
      : [ipStep("sandbox", `attach "${ifname}" to "${bridge}"`, [
        ...["link", "set", "dev", ifname, "master", bridge],
      ])]),
  ];
}

/** The steps that set the device up, before it has addresses. */
export function planReady({ ifname }: LinkInput): readonly Step[] {
  return [notifyStep(ifname), setUpStep("sandbox", ifname)];
}

/**
 * The steps that set the device up, with its addresses and routes. The last
 * one shows it, if duplicate address detection may have to be awaited.
 */
export function planSandbox(
  { ifname }: LinkInput,
  { addressing, isReady = false }: FinishOptions & {
    readonly addressing: Addressing | undefined;
  },
): readonly Step[] {
  return [
    ...(addressing === undefined || isReady ? [] : [notifyStep(ifname)]),
    ...interfaceSteps(ifname, addressing, { isUp: isReady }),
  ];
}

/** Neighbours learn where the addresses are now. */
function notifyStep(ifname: string): Step {
  return optionalSysctl("sandbox", `net/ipv4/conf/${ifname}/arp_notify`, "1");
}

/** What makes the device, as a person would type it. */
export function deviceText(input: LinkInput): string {
  const { selinuxContext } = input.config;
  const command = ["ip", ...planDevice(input).words].join(" ");
  return selinuxContext === undefined
    ? command
    : `runcon ${selinuxContext} ${command}`;
}

/** Whether frames bear a header for checksums and segmentation. */
function hasVnetHeader(
  { owner, group, selinuxContext }: TapConfig,
): boolean {
  return owner !== undefined && group !== undefined &&
    selinuxContext === undefined;
}
