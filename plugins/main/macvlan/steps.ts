import {
  type IpStep,
  ipStep,
  type Link,
  netnsWord,
  type Step,
} from "../../../lib/linux/mod.ts";
import {
  type Addressing,
  type FinishOptions,
  interfaceSteps,
  optionalSysctl,
  type Rename,
} from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";

/** What the steps follow from that need no addresses. */
export interface LinkInput {
  readonly config: MacvlanConfig;
  /** The link to share, as it is now. */
  readonly master: Link;
  /** The name that the interface bears until it is in the container. */
  readonly firstName: string;
  /** The container's hardware address. */
  readonly mac: string;
  readonly netns: string;
  readonly ifname: string;
}

/**
 * The step that makes the interface, in the container at once. On a master in
 * the host it cannot bear its name yet: older kernels would look for one of
 * that name in the host.
 */
export function planLink(input: LinkInput): IpStep {
  const { config, ifname, netns, firstName } = input;
  const purpose = `make the macvlan "${ifname}" on "${input.master.name}"`;
  if (config.linkInContainer) {
    return {
      ...ipStep("sandbox", purpose, linkWords(input, ifname, [])),
      undo: ["link", "del", "dev", ifname],
    };
  }
  const place = ["netns", netnsWord(netns)];
  return {
    ...ipStep("host", purpose, linkWords(input, firstName, place)),
    undo: ["link", "del", "dev", firstName],
    undoPlace: "sandbox",
  };
}

/** The steps that name the interface and set it up, before it has addresses. */
export function planReady(input: LinkInput): readonly Step[] {
  return [
    ...notifySteps(input),
    ...masterMacSteps(input),
    ...interfaceSteps(input.ifname, undefined, { rename: renameOf(input) }),
  ];
}

/**
 * The steps in the container's namespace. The last one shows the interface, if
 * duplicate address detection may have to be awaited.
 */
export function planSandbox(
  input: LinkInput,
  { addressing, isReady = false }: FinishOptions & {
    readonly addressing: Addressing | undefined;
  },
): readonly Step[] {
  const prepared = isReady ? [] : [
    ...(addressing === undefined ? [] : notifySteps(input)),
    ...masterMacSteps(input),
  ];
  const options = { rename: renameOf(input), isUp: isReady };
  return [...prepared, ...interfaceSteps(input.ifname, addressing, options)];
}

/** Neighbours learn where the addresses are now. */
function notifySteps(input: LinkInput): readonly Step[] {
  const name = madeName(input);
  return [
    optionalSysctl("sandbox", `net/ipv4/conf/${name}/arp_notify`, "1"),
    optionalSysctl("sandbox", `net/ipv6/conf/${name}/ndisc_notify`, "1"),
  ];
}

/** The name that the interface is made with. */
function madeName({ config, ifname, firstName }: LinkInput): string {
  return config.linkInContainer ? ifname : firstName;
}

function renameOf(input: LinkInput): Rename | undefined {
  const { ifname } = input;
  const from = madeName(input);
  return from === ifname ? undefined : { from, step: renameStep(from, ifname) };
}

// In this mode the interface has the master's address, whatever it is made
// with; it passes on to the master what it is given, and the kernel takes that
// back when the interface goes.
function masterMacSteps(input: LinkInput): readonly IpStep[] {
  const { mode, mac } = input.config;
  if (mode !== "passthru" || mac === undefined) return [];
  return [ipStep("sandbox", `give the interface the address ${mac}`, [
    ...["link", "set", "dev", madeName(input), "address", mac],
  ])];
}

function renameStep(from: string, to: string): IpStep {
  return {
    ...ipStep("sandbox", `name the interface "${to}"`, [
      ...["link", "set", "dev", from, "name", to],
    ]),
    undo: ["link", "del", "dev", to],
  };
}

function linkWords(
  { config, master, mac }: LinkInput,
  name: string,
  place: readonly string[],
): readonly (string | number)[] {
  const { mode, mtuBytes, queueLength } = config;
  return [
    ...["link", "add", "link", master.name, "name", name],
    ...(mtuBytes > 0 ? ["mtu", mtuBytes] : []),
    ...(mode === "passthru" ? [] : ["address", mac]),
    ...[...place, "type", "macvlan", "mode", mode],
    ...(queueLength > 0 ? ["bcqueuelen", queueLength] : []),
  ];
}
