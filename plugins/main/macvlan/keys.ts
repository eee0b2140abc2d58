import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import {
  MACVLAN_MODES,
  MAX_QUEUE_LENGTH,
  parseMacvlanConfig,
} from "./config.ts";

/** What macvlan may be told. */
export const MACVLAN_KEYS: PluginKeys = {
  keys: {
    master: {
      type: "string",
      summary: "The link to share; absent means that of the default route",
    },
    mode: {
      type: "string",
      summary: "How the link's macvlans treat each other",
      default: "bridge",
      choices: ["", ...MACVLAN_MODES],
    },
    mtu: {
      type: "integer",
      summary: "In bytes, at most that of the master; 0 is the same as its",
      default: 0,
      min: 0,
      max: 65535,
    },
    mac: {
      type: "string",
      summary: "The container's hardware address",
      format: "mac",
    },
    linkInContainer: {
      type: "boolean",
      summary: "The master is in the container, not in the host",
      default: false,
    },
    bcqueuelen: {
      type: "integer",
      summary: "Length of the master's queue for broadcasts; 0 leaves it",
      default: 0,
      min: 0,
      max: MAX_QUEUE_LENGTH,
    },
  },
  capabilities: {
    mac: {
      type: "string",
      summary: "The container's hardware address",
      format: "mac",
    },
  },
  check: parseMacvlanConfig,
};
