import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { MAX_MTU_BYTES, MAX_QUEUE, parseTuningConfig } from "./config.ts";
import { DEFAULT_DATA_DIR } from "./state.ts";

/** What tuning may be told. */
export const TUNING_KEYS: PluginKeys = {
  keys: {
    sysctl: {
      type: "object",
      summary: "Kernel parameters below net, by name; IFNAME stands for the " +
        "interface's name, values are texts",
    },
    mac: {
      type: "string",
      summary: "The interface's hardware address",
      format: "mac",
    },
    mtu: {
      type: "integer",
      summary: "In bytes; 0 leaves it as it is",
      default: 0,
      min: 0,
      max: MAX_MTU_BYTES,
    },
    promisc: {
      type: "boolean",
      summary: "The interface takes all frames; false leaves it as it is",
      default: false,
    },
    allmulti: {
      type: "boolean",
      summary: "The interface takes all multicast frames, or not",
    },
    txQLen: {
      type: "integer",
      summary: "Length of the transmit queue, in packets",
      min: 0,
      max: MAX_QUEUE,
    },
    dataDir: {
      type: "string",
      summary: "Where the interface's values from before are kept",
      default: DEFAULT_DATA_DIR,
    },
  },
  capabilities: {
    mac: {
      type: "string",
      summary: "The interface's hardware address",
      format: "mac",
    },
  },
  check: (request) => void parseTuningConfig(request),
};
