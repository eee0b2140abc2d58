/**
 * The host-device plugin: moves a device of the host to the container. See
 * `docs/plugins/host-device.md`.
 *
 * @module
 */
import { type Plugin, readKeys } from "../../../lib/plugin/mod.ts";
import { defineInterfacePlugin } from "../../shared/mod.ts";
import { HOST_DEVICE_KEYS, parseHostDeviceConfig } from "./config.ts";
import { designHostDevice } from "./design.ts";
import { isUserspace } from "./devices.ts";
import { readDevices, readSysfs } from "./facts_linux.ts";
import { GIVE_BACK } from "./give_back_linux.ts";
import { isOwnDevice } from "./is_own_device.ts";
import { parseConfiguredSelector, SELECTOR_CAPABILITIES } from "./selector.ts";

/** The host-device plugin. */
export const hostDevice: Plugin = defineInterfacePlugin({
  name: "host-device",
  noun: "device",
  // A device whose attachment fails for want of addresses is left alone.
  asksIpamFirst: true,
  parse: parseHostDeviceConfig,
  look: (_request, { config, run }) => readDevices(config.selector, run),
  design: designHostDevice,
  isOwn: isOwnDevice,
  giveBack: GIVE_BACK,
  isLinkless: async ({ selector }, run) =>
    isUserspace(await readSysfs(selector, run)),
  compare: async (found) => {
    const { compareHostDevice } = await import("./compare_linux.ts");
    compareHostDevice(found);
  },
  // The device is not looked for: while a container has it, all is as it should
  // be. Which one is meant may also be known only when the runtime names it.
  parseForStatus: ({ config: { fields } }) => {
    const { ipam, dns } = readKeys(fields, HOST_DEVICE_KEYS);
    return { selector: parseConfiguredSelector(fields), ipamType: ipam, dns };
  },
  settings: {
    role: "main",
    keys: HOST_DEVICE_KEYS,
    capabilities: SELECTOR_CAPABILITIES,
    check: parseHostDeviceConfig,
  },
});
