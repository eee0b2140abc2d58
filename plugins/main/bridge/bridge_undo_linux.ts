import { type Cidr, formatCidr } from "../../../lib/net/mod.ts";
import {
  type Link,
  parseLinkAlias,
  parseLinks,
  parseShown,
  type Run,
  wordLines,
} from "../../../lib/linux/mod.ts";
import { lockBridge } from "./bridge_lock_linux.ts";
import type { BridgeConfig } from "./config.ts";
import { isVlanDevice, NO_MAC, type PlanInput } from "./steps.ts";
import { ownVlanStep } from "./vlan.ts";

/**
 * Takes back what a failed ADD did to the bridge and to the link that bears
 * the gateways' addresses, unless another attachment relies on it by now: a
 * bridge with ports stays, and keeps the gateways if one of them may be an
 * attachment's. Addresses that were removed by force are put back in any case.
 * Without the lock nothing tells whether another ADD is about to use the
 * bridge, so it stays then, as the reference leaves it.
 */
export async function undoBridge(input: PlanInput, run: Run): Promise<void> {
  using lock = await lockBridge(input.config.bridge, "exclusive");
  const ports = await portsOf(input.config.bridge, run);
  const options = { isAlone: lock !== undefined };
  const ways = [
    ["bridge", undoVlanLines(input, ports, options)],
    ["ip", undoLines(input, ports, options)],
  ] as const;
  for (const [program, lines] of ways) {
    if (lines.length === 0) continue;
    const args = ["-force", "-batch", "-"];
    await run({ program, args, stdin: wordLines(lines) });
  }
}

/** What an undo is told besides what was done. */
interface UndoOptions {
  /** Whether no other ADD can be about to use the bridge. */
  readonly isAlone?: boolean;
}

/**
 * The `bridge` lines that take a bridge that stays out of the VLAN of a device
 * that goes.
 *
 * @param ports The ports that the bridge has now.
 */
export function undoVlanLines(
  input: PlanInput,
  ports: readonly Link[],
  options: UndoOptions = {},
): readonly (readonly string[])[] {
  const { config, bridge, gateway } = input;
  const { isShared } = usersOf(input, ports, options);
  const isKept = isShared || bridge === undefined || gateway.link !== undefined;
  if (isKept || !isVlanDevice(input) || gateway.ownVlan !== "none") return [];
  return [ownVlanStep("del", config.bridge, config.vlans.vlan).words];
}

/** Who relies on the bridge by now, besides the ADD that has failed. */
function usersOf(
  { names }: PlanInput,
  ports: readonly Link[],
  { isAlone = true }: UndoOptions,
): { readonly others: readonly Link[]; readonly isShared: boolean } {
  const others = ports.filter(({ name }) => name !== names.vlanPeerName);
  return { others, isShared: !isAlone || others.some(isAttachment) };
}

/**
 * The `ip` lines that take the shared part of an ADD back.
 *
 * @param ports The ports that the bridge has now.
 */
export function undoLines(
  input: PlanInput,
  ports: readonly Link[],
  options: UndoOptions = {},
): readonly (readonly string[])[] {
  const { config, bridge, gateway, gatewayAddresses } = input;
  const { others, isShared } = usersOf(input, ports, options);
  const { add, remove } = gatewayAddresses;
  if (isShared && remove.length === 0) return [];
  const isOwnLink = gateway.name !== config.bridge;
  const addresses = [
    ...add.map((cidr) => addressLine("del", cidr, gateway.name)),
    ...remove.map((cidr) => addressLine("add", cidr, gateway.name)),
  ];
  if (isShared) return addresses;
  const isRemoved = bridge === undefined && others.length === 0;
  return [
    ...(isOwnLink && gateway.link === undefined
      ? [["link", "del", "dev", gateway.name]]
      : isRemoved
      ? []
      : addresses),
    ...(isRemoved ? [["link", "del", "dev", config.bridge]] : []),
    ...settingLines(bridge, config, others.length > 0),
  ];
}

/** The lines that give a bridge that was there its settings back. */
function settingLines(
  bridge: Link | undefined,
  { promiscMode }: BridgeConfig,
  hasPorts: boolean,
): readonly (readonly string[])[] {
  if (bridge === undefined) return [];
  const set = (
    ...words: string[]
  ) => ["link", "set", "dev", bridge.name, ...words];
  const { flags, mac } = bridge;
  return [
    // The kernel takes the address away with the last port.
    ...(hasPorts || mac === NO_MAC ? [] : [set("address", mac)]),
    ...(promiscMode && !flags.includes("PROMISC")
      ? [set("promisc", "off")]
      : []),
    ...(flags.includes("UP") ? [] : [set("down")]),
  ];
}

/** Whether a port may be a container's: the Go plugins put no alias on theirs. */
function isAttachment({ name, alias }: Link): boolean {
  return parseLinkAlias(alias) !== undefined ||
    /^veth[0-9a-f]{8}$/.test(name);
}

async function portsOf(name: string, run: Run): Promise<readonly Link[]> {
  const args = ["-j", "link", "show", "master", name];
  const { status, stdout } = await run({ program: "ip", args });
  return status === 0 ? parseShown(stdout).flatMap(parseLinks) : [];
}

function addressLine(
  verb: "add" | "del",
  cidr: Cidr,
  name: string,
): readonly string[] {
  const { address, prefixBits } = cidr;
  const hasBroadcast = verb === "add" && address.family === 4 &&
    prefixBits <= 30;
  const broadcast = hasBroadcast ? ["broadcast", "+"] : [];
  return ["addr", verb, formatCidr(cidr), ...broadcast, "dev", name];
}
