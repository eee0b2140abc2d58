import {
  DNS_KEY,
  type PluginKeys,
  ROUTE_KEY,
} from "../../../lib/plugin/mod.ts";
import { parseStaticConfig } from "./config.ts";

/** What static may be told. */
export const STATIC_KEYS: PluginKeys = {
  isIpam: true,
  keys: {
    type: { type: "string", summary: "static", isRequired: true },
    addresses: {
      type: "list",
      summary: "The addresses, in the order of the result",
      items: {
        type: "object",
        summary: "An address of the container",
        keys: {
          address: {
            type: "string",
            summary: "With its prefix length: 10.1.0.5/16",
            isRequired: true,
            format: "cidr",
          },
          gateway: {
            type: "string",
            summary: "What the result names as gateway",
            format: "address",
          },
        },
      },
    },
    routes: {
      type: "list",
      summary: "Passed on to the result",
      items: ROUTE_KEY,
    },
    dns: DNS_KEY,
  },
  capabilities: {
    ips: {
      type: "list",
      summary: "Addresses in place of all others",
      items: { type: "string", summary: "With a prefix length" },
    },
  },
  check: ({ config, args }) => {
    parseStaticConfig(config, args);
  },
};
