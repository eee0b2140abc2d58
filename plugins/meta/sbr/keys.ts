import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { parseSbrConfig } from "./config.ts";

/** What sbr may be told. */
export const SBR_KEYS: PluginKeys = {
  keys: {
    table: {
      type: "integer",
      summary: "A routing table that somebody else fills",
      min: 1,
      max: 0xffffffff,
    },
    gateways: {
      type: "list",
      summary: "Gateways in place of the IPAM plugin's",
      items: {
        type: "string",
        summary: "One IPv4 and one IPv6 address at most",
        format: "address",
      },
    },
    addSourceHints: {
      type: "boolean",
      summary: "Subnets stay reachable without a source address",
      default: false,
    },
  },
  check: ({ config }) => {
    parseSbrConfig(config);
  },
};
