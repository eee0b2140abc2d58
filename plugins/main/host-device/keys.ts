import type { PluginKeys } from "../../../lib/plugin/mod.ts";
import { parseOwnDns } from "../../shared/mod.ts";
import { parseConfiguredSelector } from "./selector.ts";

/** What host-device may be told. */
export const HOST_DEVICE_KEYS: PluginKeys = {
  keys: {
    device: { type: "string", summary: "The device's name in the host" },
    hwaddr: { type: "string", summary: "The device's hardware address" },
    kernelpath: {
      type: "string",
      summary: "The device's folder, below /sys/devices",
    },
    pciBusID: {
      type: "string",
      summary: "The device's PCI address: 0000:00:1f.6",
    },
  },
  capabilities: {
    deviceID: {
      type: "string",
      summary: "A PCI address, or a device on the auxiliary bus",
    },
  },
  check: ({ config }) => {
    parseConfiguredSelector(config.fields);
    parseOwnDns(config);
  },
};
