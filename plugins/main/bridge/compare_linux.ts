import {
  isNamed,
  type Link,
  readLink,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Interface } from "../../../lib/spec/mod.ts";
import {
  checkAddresses,
  checkMac,
  checkVethPeer,
  differs,
} from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import type { BridgeConfig } from "./config.ts";
import { isInVlan } from "./port_vlans.ts";
import { readPortVlans } from "./read_port_vlans_linux.ts";
import { type VlanConfig, vlanLinkName } from "./vlan.ts";

/**
 * Compares bridge and port with configuration and result.
 *
 * @throws {CniError} Code 999, naming what differs.
 */
export async function compareBridge(
  { link, config, request, prevResult, hostLinks, run }: Found<BridgeConfig>,
): Promise<void> {
  const { interfaces = [], ips = [] } = prevResult;
  const found = hostLinks.find((one) => isNamed(one, config.bridge)) ??
    await readLink(config.bridge, { run });
  const bridge = requireBridge(found, interfaces, config);
  const port = checkPort(link, interfaces, {
    bridge: bridge.name,
    links: hostLinks,
  });
  checkFlags(port, config);
  if (bridge.vlans?.isFiltering) {
    await checkVlans(port, config.vlans, run);
    await checkVlanGateway(bridge, config, run);
  }
  if (config.macSpoofCheck) {
    const { hasSpoofCheck } = await import("./spoof_check_linux.ts");
    const { containerId, ifname } = request;
    const source = { hostName: port.name, mac: link.mac };
    if (!await hasSpoofCheck({ containerId, ifname }, source, run)) {
      const why = "rules of its spoof check (macspoofchk) are gone";
      throw differs(`port "${port.name}"`, why);
    }
  }
  // Even those that are stated for another interface.
  checkAddresses(link, ips);
}

function requireBridge(
  link: Link | undefined,
  interfaces: readonly Interface[],
  config: BridgeConfig,
): Link {
  const name = link?.name ?? config.bridge;
  const stated = interfaces.find((one) => one.name === name && !one.sandbox);
  if (link === undefined) throw differs(`bridge "${name}"`, "it is gone");
  if (link.kind !== "bridge") {
    throw differs(
      `bridge "${name}"`,
      `it is a ${link.kind || "physical"} link`,
    );
  }
  checkMac(link, stated);
  if (config.promiscMode && !link.flags.includes("PROMISC")) {
    throw differs(`bridge "${name}"`, "it is not promiscuous any more");
  }
  return link;
}

/** Among the host's interfaces of the result is the other end of the pair. */
function checkPort(
  container: Link,
  interfaces: readonly Interface[],
  { bridge, links }: { bridge: string; links: readonly Link[] },
): Link {
  const candidates = interfaces.filter((one) =>
    !one.sandbox && one.name !== bridge && one.name !== container.name
  );
  const port = checkVethPeer(container, { candidates, links });
  if (port.master === bridge) return port;
  const found = port.master === undefined ? "none" : `"${port.master}"`;
  const why = `its bridge is ${found}: expected "${bridge}"`;
  throw differs(`port "${port.name}"`, why);
}

// What is on though it was not asked for is left alone: others may want it, as
// the kubelet does hairpin mode.
function checkFlags({ name, port }: Link, config: BridgeConfig): void {
  const flags = [
    ["hairpinMode", config.hairpinMode, port?.isHairpin],
    ["portIsolation", config.portIsolation, port?.isIsolated],
  ] as const;
  for (const [key, wanted, found] of flags) {
    if (!wanted || found) continue;
    throw differs(`port "${name}"`, `${key} is off: expected on`);
  }
}

async function checkVlans(
  { name }: Link,
  { vlan, trunk = [] }: VlanConfig,
  run: Run,
): Promise<void> {
  const found = await readPortVlans(name, run);
  const what = `port "${name}"`;
  if (vlan !== 0 && !isInVlan(found, vlan, ["PVID", "Egress Untagged"])) {
    throw differs(what, `its untagged frames are not in VLAN ${vlan}`);
  }
  const missing = trunk.find((id) => !isInVlan(found, id));
  if (missing !== undefined) {
    throw differs(what, `it is not in VLAN ${missing}`);
  }
}

/** The host's interface in the VLAN must be there, and get its frames. */
async function checkVlanGateway(
  { name: bridge }: Link,
  { vlans: { vlan }, isGateway, ipamType }: BridgeConfig,
  run: Run,
): Promise<void> {
  if (vlan === 0 || !isGateway || ipamType === undefined) return;
  const name = vlanLinkName(bridge, vlan);
  const what = `gateway "${name}"`;
  const link = await readLink(name, { run });
  if (link === undefined) throw differs(what, "it is gone");
  if (!link.flags.includes("UP")) throw differs(what, "it is down");
  // Of a pair, which the Go plugin makes, the other end is a port like others.
  if (link.kind !== "vlan") return;
  if (isInVlan(await readPortVlans(bridge, run), vlan)) return;
  throw differs(what, `bridge "${bridge}" itself is not in VLAN ${vlan}`);
}
