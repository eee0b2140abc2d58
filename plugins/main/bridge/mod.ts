/**
 * The bridge plugin: a veth pair between the container and a bridge in the
 * host. See `docs/plugins/bridge.md`.
 *
 * @module
 */
import type { Plugin } from "../../../lib/plugin/mod.ts";
import {
  defineInterfacePlugin,
  MAC_ARG,
  ONLY_MAC_CAPABILITY,
} from "../../shared/mod.ts";
import { attachBridge } from "./attach_linux.ts";
import { requireBridgeLock } from "./bridge_lock_linux.ts";
import { BRIDGE_KEYS, type BridgeConfig, parseBridgeConfig } from "./config.ts";
import { designBridge } from "./design.ts";
import { lookForBridge } from "./look_linux.ts";
import { isVlanFiltering } from "./vlan.ts";

/** The bridge plugin. */
export const bridge: Plugin = defineInterfacePlugin({
  name: "bridge",
  noun: "veth",
  linkKind: "veth",
  masquerades: true,
  hasHostEnd: true,
  parse: parseBridgeConfig,
  look: lookForBridge,
  design: designBridge,
  attach: attachBridge,
  removeRules: async ({ config, containerId, ifname }, run) => {
    if (config.fields.json("macspoofchk") !== true) return;
    const { removeSpoofCheck } = await import("./spoof_check_linux.ts");
    await removeSpoofCheck({ containerId, ifname }, run);
  },
  collect: async (valid, run) => {
    const { removeStaleSpoofRules } = await import(
      "./stale_spoof_rules_linux.ts"
    );
    await removeStaleSpoofRules(valid, run);
  },
  compare: async (found) => {
    const { compareBridge } = await import("./compare_linux.ts");
    await compareBridge(found);
  },
  compared: ({ bridge: name }) => [
    [`"${name}"`, `ip -j -d addr show dev ${name}`],
  ],
  trial: trialOf,
  require: async ({ bridge, macSpoofCheck }, run) => {
    requireBridgeLock(bridge);
    if (!macSpoofCheck) return;
    const { requireSpoofCheck } = await import(
      "./require_spoof_check_linux.ts"
    );
    await requireSpoofCheck(run);
  },
  settings: {
    role: "main",
    keys: BRIDGE_KEYS,
    capabilities: ONLY_MAC_CAPABILITY,
    args: MAC_ARG,
    check: parseBridgeConfig,
  },
});

function trialOf({ vlans }: BridgeConfig) {
  const filtering = isVlanFiltering(vlans) ? " vlan_filtering 1" : "";
  return {
    lines: `link add name b0 type bridge${filtering}\n` +
      "link add name v0 type veth peer name v1\nlink set dev v0 master b0\n",
    what: filtering === "" ? "bridges and veth pairs" : "VLAN filtering",
  };
}
