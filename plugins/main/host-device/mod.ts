/**
 * The host-device plugin: moves a device of the host to the container. See
 * `docs/plugins/host-device.md`.
 *
 * @module
 */
import {
  definePlugin,
  type Plugin,
  type PluginKeys,
} from "../../../lib/plugin/mod.ts";
import { startAdd, startDel } from "./start_linux.ts";

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
});

/** Loads what host-device may be told. */
export async function loadHostDeviceKeys(): Promise<PluginKeys> {
  return (await import("./keys.ts")).HOST_DEVICE_KEYS;
}
