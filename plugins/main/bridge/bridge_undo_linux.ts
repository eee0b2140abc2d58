import { type Cidr, formatCidr } from "../../../lib/net/mod.ts";
import {
  type Link,
  parseLinks,
  parseShown,
  type Run,
  wordLines,
} from "../../../lib/linux/mod.ts";
import { lockBridge } from "./bridge_lock_linux.ts";
import type { PlanInput } from "./plan.ts";

/**
 * Takes back what a failed ADD did to the bridge and to the link that bears
 * the gateways' addresses, unless another attachment relies on it by now: a
 * bridge with other ports stays, and keeps the gateways. Addresses that were
 * removed by force are put back in any case.
 */
export async function undoBridge(input: PlanInput, run: Run): Promise<void> {
  using _lock = await lockBridge(input.config.bridge, "exclusive");
  const ports = await portsOf(input.config.bridge, run);
  const isShared = ports.some((port) => port.name !== input.names.vlanPeerName);
  const lines = undoLines(input, isShared);
  if (lines.length === 0) return;
  const args = ["-force", "-batch", "-"];
  await run({ program: "ip", args, stdin: wordLines(lines) });
}

/** The `ip` lines that take the shared part of an ADD back. */
export function undoLines(
  { config, bridge, gateway, gatewayAddresses }: PlanInput,
  isShared: boolean,
): readonly (readonly string[])[] {
  const { add, remove } = gatewayAddresses;
  if (isShared && remove.length === 0) return [];
  const isOwnLink = gateway.name !== config.bridge;
  const addresses = [
    ...add.map((cidr) => addressLine("del", cidr, gateway.name)),
    ...remove.map((cidr) => addressLine("add", cidr, gateway.name)),
  ];
  if (isShared) return addresses;
  const isNew = bridge === undefined;
  return [
    ...(isOwnLink && gateway.link === undefined
      ? [["link", "del", "dev", gateway.name]]
      : isNew
      ? []
      : addresses),
    ...(isNew ? [["link", "del", "dev", config.bridge]] : []),
  ];
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
