import { type Link, readLink, type Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { checkLinkName, CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { LookTools } from "../../shared/mod.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import { ownVlanOf } from "./port_vlans.ts";
import { readPortVlans } from "./read_port_vlans_linux.ts";
import { vlanLinkName } from "./vlan.ts";

/**
 * Reads what an ADD has to know of the host.
 *
 * @throws {CniError} Code 7 if the bridge's name is that of another kind of
 * link.
 */
export async function lookForBridge(
  _request: Request,
  { config, run, requireFreeName }: LookTools<BridgeConfig>,
): Promise<HostLinks> {
  const host = await readHost(config, run);
  await requireFreeName();
  requireBridgeKind(host.bridge, config.bridge);
  return host;
}

async function readHost(config: BridgeConfig, run: Run): Promise<HostLinks> {
  const { vlans, isGateway, ipamType } = config;
  const bridge = await readLink(config.bridge, { run });
  if (bridge === undefined) checkLinkName(config.bridge, "bridge");
  const name = bridge?.name ?? config.bridge;
  const hasVlanLink = vlans.vlan !== 0 && isGateway && ipamType !== undefined;
  if (!hasVlanLink) return { bridge, gateway: { name, link: bridge } };
  const vlanName = vlanLinkName(name, vlans.vlan);
  const gateway = {
    name: vlanName,
    link: await readLink(vlanName, { run }),
  };
  if (!bridge?.vlans?.isFiltering) return { bridge, gateway };
  const ownVlan = ownVlanOf(await readPortVlans(name, run), vlans.vlan);
  return { bridge, gateway: { ...gateway, ownVlan } };
}

/** Refuses a link of another kind in the bridge's place. */
function requireBridgeKind(link: Link | undefined, name: string): void {
  if (link === undefined || link.kind === "bridge") return;
  const message = `"${name}" already exists but is not a bridge`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `bridge is "${name}", the name of a ` +
      `${link.kind || "physical"} link: choose another name`,
  });
}
