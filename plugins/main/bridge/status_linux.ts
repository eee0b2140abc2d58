import { reasonOf, type Run, runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import {
  notAvailable,
  requireLinks,
  requireMasquerade,
  tryCommand,
} from "../../shared/probe/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";
import { isVlanFiltering } from "./vlan.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the tools, the
 * kernel's features, then the IPAM plugin (CNI 1.1.0, section 2, "STATUS").
 * Nothing of the host is changed: features are tried in a namespace that ends
 * with the trial.
 *
 * @throws {CniError} Code 50 with the reason, or the IPAM plugin's own error.
 */
export async function bridgeStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseBridgeConfig(request);
  const run = runCommand;
  await Promise.all([
    requireBridges(config, run),
    requireMasquerade("bridge", config, run),
    config.macSpoofCheck ? requireSpoofCheck(run) : undefined,
  ]);
  await delegateIpam(request, context);
}

async function requireBridges(
  { vlans }: BridgeConfig,
  run: Run,
): Promise<void> {
  const filtering = isVlanFiltering(vlans) ? " vlan_filtering 1" : "";
  const lines = `link add name b0 type bridge${filtering}\n` +
    "link add name v0 type veth peer name v1\nlink set dev v0 master b0\n";
  const what = filtering === "" ? "bridges and veth pairs" : "VLAN filtering";
  await requireLinks("bridge", { lines, what, run });
}

async function requireSpoofCheck(run: Run): Promise<void> {
  const stdin = "add table bridge nat\n";
  const args = ["--check", "-f", "-"];
  const { status, stderr } = await tryCommand("bridge", run, {
    program: "nft",
    args,
    stdin,
  });
  if (status === 0) return;
  throw notAvailable(
    "bridge",
    "macspoofchk is true, but nft cannot filter bridges: " + reasonOf(stderr),
  );
}
