import type { Request } from "../../../lib/plugin/mod.ts";
import { type Design, interfaceSteps, type Known } from "../../shared/mod.ts";
import type { HostDeviceConfig } from "./config.ts";
import { type HostDevices, selectDevice } from "./devices.ts";
import { planMove } from "./steps.ts";

/**
 * Decides what an ADD does.
 *
 * @throws {CniError} Code 999 if the device is not there.
 */
export function designHostDevice(
  { netns, ifname }: Request,
  { config: { selector }, facts }: Known<HostDeviceConfig, HostDevices>,
): Design {
  const device = selectDevice(selector, facts);
  if (device.kind === "userspace") {
    // A program has it, and the container gets no link.
    return {
      link: [],
      interfaces: [{ name: ifname, sandbox: netns }],
      ready: [],
      finish: () => ({ sandbox: [] }),
    };
  }
  const { link } = device;
  const mac = link.mac === "" ? {} : { mac: link.mac };
  return {
    link: planMove(link, { netns, ifname }),
    mtuBytes: link.mtuBytes,
    // A step that fails may have moved the link without giving it its name.
    undo: async (run) => {
      const { putBack } = await import("./put_back_linux.ts");
      await putBack(link, { netns, ifname }, run);
    },
    interfaces: [{ name: ifname, ...mac, sandbox: netns }],
    ready: interfaceSteps(ifname, undefined),
    finish: (addressing, { isReady: isUp } = {}) => ({
      sandbox: interfaceSteps(ifname, addressing, { isUp }),
    }),
  };
}
