import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { parsePtpConfig } from "./config.ts";

/** What ptp may be told. */
export const PTP_KEYS: PluginKeys = {
  keys: {
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
      summary: "Of both ends, in bytes; 0 or less is the kernel's default",
      default: 0,
      max: 65535,
    },
  },
  check: parsePtpConfig,
};
