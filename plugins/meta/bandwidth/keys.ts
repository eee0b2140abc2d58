import type { LegacyKeys, PluginKeys } from "../../../lib/plugin/mod.ts";
import {
  MAX_BURST_BITS,
  MAX_RATE_BITS,
  parseBandwidthConfig,
} from "./config.ts";

const CIDRS = {
  type: "list",
  items: { type: "string", summary: "A network", format: "cidr" },
} as const;

const KEYS: LegacyKeys = {
  ingressRate: {
    type: "integer",
    summary: "What the container may receive, in bits per second",
    default: 0,
    min: 0,
    max: MAX_RATE_BITS,
  },
  ingressBurst: {
    type: "integer",
    summary: "What it may receive at once after a pause, in bits",
    default: 0,
    min: 0,
    max: MAX_BURST_BITS,
  },
  egressRate: {
    type: "integer",
    summary: "What the container may send, in bits per second",
    default: 0,
    min: 0,
    max: MAX_RATE_BITS,
  },
  egressBurst: {
    type: "integer",
    summary: "What it may send at once after a pause, in bits",
    default: 0,
    min: 0,
    max: MAX_BURST_BITS,
  },
  shapedSubnets: {
    ...CIDRS,
    summary: "Only traffic with these networks is limited",
  },
  unshapedSubnets: {
    ...CIDRS,
    summary: "Traffic with these networks is not limited",
  },
};

/** What bandwidth may be told. */
export const BANDWIDTH_KEYS: PluginKeys = {
  keys: KEYS,
  capabilities: {
    bandwidth: {
      type: "object",
      summary: "The same keys; they count if no limit is configured",
      keys: KEYS,
    },
  },
  check: parseBandwidthConfig,
};
