import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { parseBridgeConfig } from "./config.ts";

const VLAN_ID = { type: "integer", min: 1, max: 4094 } as const;

/** What bridge may be told. */
export const BRIDGE_KEYS: PluginKeys = {
  keys: {
    bridge: {
      type: "string",
      summary: "The bridge's name in the host; it is made if absent",
      default: "cni0",
    },
    isGateway: {
      type: "boolean",
      summary: "The bridge gets each subnet's gateway address",
      default: false,
    },
    isDefaultGateway: {
      type: "boolean",
      summary: "As isGateway, and the container gets default routes",
      default: false,
    },
    forceAddress: {
      type: "boolean",
      summary: "Addresses of the bridge that are in the way are replaced",
      default: false,
    },
    ipMasq: {
      type: "boolean",
      summary: "What the container sends out of its subnets is masqueraded",
      default: false,
    },
    ipMasqBackend: {
      type: "string",
      summary: "How to masquerade; absent means what the host has",
      choices: ["iptables", "nftables"],
    },
    mtu: {
      type: "integer",
      summary: "In bytes; 0 or less is the kernel's default",
      default: 0,
      max: 65535,
    },
    hairpinMode: {
      type: "boolean",
      summary: "The port sends frames back; not with promiscMode",
      default: false,
    },
    promiscMode: {
      type: "boolean",
      summary: "The bridge is promiscuous; not with hairpinMode",
      default: false,
    },
    portIsolation: {
      type: "boolean",
      summary: "The port does not talk to other isolated ports",
      default: false,
    },
    vlan: {
      type: "integer",
      summary: "VLAN of untagged frames; 0 for none",
      default: 0,
      min: 0,
      max: 4094,
    },
    vlanTrunk: {
      type: "list",
      summary: "Tagged VLANs of the port",
      items: {
        type: "object",
        summary: "One VLAN, or those from minID to maxID",
        keys: {
          id: { ...VLAN_ID, summary: "A VLAN" },
          minID: { ...VLAN_ID, summary: "The first of several" },
          maxID: { ...VLAN_ID, summary: "The last of several" },
        },
      },
    },
    preserveDefaultVlan: {
      type: "boolean",
      summary: "The bridge's default VLAN stays on the port",
      default: false,
    },
    macspoofchk: {
      type: "boolean",
      summary: "Only frames from the container's own address pass (nft)",
      default: false,
    },
    enabledad: {
      type: "boolean",
      summary: "IPv6 duplicate address detection in the container",
      default: false,
    },
    disableContainerInterface: {
      type: "boolean",
      summary: "The container's end stays down; only without ipam",
      default: false,
    },
  },
  capabilities: {
    mac: {
      type: "string",
      summary: "The container's hardware address",
      format: "mac",
    },
  },
  check: parseBridgeConfig,
};
