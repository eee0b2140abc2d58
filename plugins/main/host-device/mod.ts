/**
 * The host-device plugin: moves a device of the host to the container. See
 * `docs/plugins/host-device.md`.
 *
 * @module
 */
import { definePlugin, type Plugin } from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";
import { HOST_DEVICE_KEYS, parseHostDeviceConfig } from "./config.ts";
import { SELECTOR_CAPABILITIES } from "./selector.ts";

/** The host-device plugin. */
export const hostDevice: Plugin = definePlugin({
  name: "host-device",
  add: startAdd,
  del: startDel,
  check: async (request, context) => {
    const { checkHostDevice } = await import("./check_linux.ts");
    await checkHostDevice(request, context);
  },
  gc: async (request, context) => {
    const { collectHostDevice } = await import("./gc_linux.ts");
    await collectHostDevice(request, context);
  },
  status: async (request, context) => {
    const { hostDeviceStatus } = await import("./status_linux.ts");
    await hostDeviceStatus(request, context);
  },
  plan: async (request, context) => {
    const { planCommand } = await import("./plan_linux.ts");
    return await planCommand(request, context);
  },
  settings: {
    role: "main",
    keys: HOST_DEVICE_KEYS,
    capabilities: SELECTOR_CAPABILITIES,
    check: parseHostDeviceConfig,
  },
});
