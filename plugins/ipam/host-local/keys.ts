import {
  type LegacyKey,
  type PluginKeys,
  ROUTE_KEY,
} from "../../../lib/plugin/mod.ts";
import { parseHostLocalConfig } from "./config.ts";
import { assignRequested } from "./requested.ts";

/** The keys of a range. */
const RANGE_KEYS = {
  subnet: {
    type: "string",
    summary: "The network, without host bits: 10.1.0.0/16",
    format: "cidr",
  },
  rangeStart: {
    type: "string",
    summary: "The first address to hand out",
    format: "address",
  },
  rangeEnd: {
    type: "string",
    summary: "The last address to hand out",
    format: "address",
  },
  gateway: {
    type: "string",
    summary: "What results name as gateway",
    format: "address",
  },
} as const;

/** An address is taken of each set. */
const RANGES: LegacyKey = {
  type: "list",
  summary: "Range sets: an address is taken of each",
  items: {
    type: "list",
    summary: "Ranges of one family",
    items: {
      type: "object",
      summary: "Addresses of one subnet",
      keys: {
        ...RANGE_KEYS,
        subnet: { ...RANGE_KEYS.subnet, isRequired: true },
      },
    },
  },
};

/** What host-local may be told. */
export const HOST_LOCAL_KEYS: PluginKeys = {
  isIpam: true,
  keys: {
    type: { type: "string", summary: "host-local", isRequired: true },
    ranges: RANGES,
    ...RANGE_KEYS,
    routes: {
      type: "list",
      summary: "Passed on to the result",
      items: ROUTE_KEY,
    },
    resolvConf: {
      type: "string",
      summary: "A resolver configuration, such as /etc/resolv.conf",
    },
    dataDir: {
      type: "string",
      summary: "Where reservations are kept",
      default: "/var/lib/cni/networks",
    },
    reclaimAfterReboot: {
      type: "boolean",
      summary: "Reservations from before the last boot are freed when needed",
      default: true,
    },
  },
  capabilities: {
    ipRanges: { ...RANGES, summary: "Range sets that go before all others" },
    ips: {
      type: "list",
      summary: "Addresses to take",
      items: { type: "string", summary: "With or without a prefix length" },
    },
  },
  check: ({ config, args }) => {
    const { sets, requested } = parseHostLocalConfig(config, args);
    assignRequested(sets, requested);
  },
};
