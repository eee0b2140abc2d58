import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { parsePortmapConfig } from "./config.ts";
import { PROTOCOLS } from "./mapping.ts";

const CONDITIONS = {
  type: "list",
  items: { type: "string", summary: "A word" },
} as const;

const PORT = { type: "integer", isRequired: true, min: 1, max: 65535 } as const;

/** What portmap may be told. */
export const PORTMAP_KEYS: PluginKeys = {
  keys: {
    backend: {
      type: "string",
      summary: "How to map ports; absent means what the host has",
      choices: ["iptables", "nftables"],
    },
    snat: {
      type: "boolean",
      summary: "The host and the container reach mapped ports as well",
      default: true,
    },
    masqAll: {
      type: "boolean",
      summary: "All that comes by a mapped port is masqueraded",
      default: false,
    },
    markMasqBit: {
      type: "integer",
      summary: "The bit that marks what to masquerade; iptables only",
      default: 13,
      min: 0,
      max: 31,
    },
    externalSetMarkChain: {
      type: "string",
      summary: "A chain that marks instead; iptables only",
    },
    conditionsV4: {
      ...CONDITIONS,
      summary: "What IPv4 packets must match besides, word by word",
    },
    conditionsV6: {
      ...CONDITIONS,
      summary: "What IPv6 packets must match besides, word by word",
    },
  },
  capabilities: {
    portMappings: {
      type: "list",
      summary: "The ports to map",
      items: {
        type: "object",
        summary: "A port of the host that leads to one of the container",
        keys: {
          hostPort: { ...PORT, summary: "The host's port" },
          containerPort: { ...PORT, summary: "The container's port" },
          protocol: {
            type: "string",
            summary: "The protocol",
            isRequired: true,
            choices: PROTOCOLS,
          },
          hostIP: {
            type: "string",
            summary: "The host's only address to map",
            format: "address",
          },
        },
      },
    },
  },
  check: (request) => void parsePortmapConfig(request),
};
