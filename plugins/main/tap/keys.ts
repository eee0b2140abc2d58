import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { MAX_ID, parseTapConfig } from "./config.ts";

/** What tap may be told. */
export const TAP_KEYS: PluginKeys = {
  keys: {
    multiQueue: {
      type: "boolean",
      summary: "The device has several queues",
      default: false,
    },
    mtu: {
      type: "integer",
      summary: "In bytes; 0 is the kernel's default",
      default: 0,
      min: 0,
      max: 65521,
    },
    mac: {
      type: "string",
      summary: "The device's hardware address",
      format: "mac",
    },
    owner: {
      type: "integer",
      summary: "The number of the user who may open the device",
      min: 0,
      max: MAX_ID,
    },
    group: {
      type: "integer",
      summary: "The number of the group who may open the device",
      min: 0,
      max: MAX_ID,
    },
    selinuxContext: {
      type: "string",
      summary: "What SELinux is to take the device for",
    },
    bridge: {
      type: "string",
      summary: "A bridge in the container that the device is attached to",
    },
  },
  capabilities: {
    mac: {
      type: "string",
      summary: "The device's hardware address",
      format: "mac",
    },
  },
  check: parseTapConfig,
};
