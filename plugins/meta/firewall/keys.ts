import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import {
  BACKENDS,
  DEFAULT_ADMIN_CHAIN,
  DEFAULT_ZONE,
  INGRESS_POLICIES,
  parseFirewallConfig,
} from "./config.ts";

/** What firewall may be told. */
export const FIREWALL_KEYS: PluginKeys = {
  keys: {
    backend: {
      type: "string",
      summary: "How addresses are let pass; absent means firewalld where it " +
        "runs, else iptables",
      choices: BACKENDS,
    },
    iptablesAdminChainName: {
      type: "string",
      summary: "The administrator's chain, which is asked first",
      default: DEFAULT_ADMIN_CHAIN,
    },
    firewalldZone: {
      type: "string",
      summary: "The zone of firewalld that addresses are put into",
      default: DEFAULT_ZONE,
    },
    ingressPolicy: {
      type: "string",
      summary: "Who may reach containers: everybody, those of their bridge, " +
        "nobody of the bridges",
      default: "open",
      choices: INGRESS_POLICIES,
    },
  },
  check: ({ config }) => void parseFirewallConfig(config),
};
