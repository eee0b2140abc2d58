import { sandboxText } from "../../../lib/linux/mod.ts";
import { randomMac } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Design, DesignedAct } from "../../shared/mod.ts";
import type { TapConfig } from "./config.ts";
import {
  deviceText,
  type LinkInput,
  planAttributes,
  planDevice,
  planReady,
  planSandbox,
} from "./steps.ts";

/** Decides what an ADD does. */
export function designTap(
  { netns, ifname }: Request,
  { config }: { readonly config: TapConfig },
): Design {
  const mac = config.mac ?? randomMac();
  const input = { config, mac, netns, ifname };
  const isLabelled = config.selinuxContext !== undefined;
  return {
    first: isLabelled ? labelledDevice(input) : undefined,
    link: [
      ...(isLabelled ? [] : [planDevice(input)]),
      ...planAttributes(input),
    ],
    interfaces: [{ name: ifname, mac, sandbox: netns }],
    ready: planReady(input),
    finish: (addressing, options) => ({
      sandbox: planSandbox(input, { addressing, ...options }),
    }),
    // The kernel looks for duplicates only once a program has opened it.
    detection: { needsCarrier: true },
  };
}

/** A device is labelled by the process that makes it, so that is another. */
function labelledDevice(input: LinkInput): DesignedAct {
  return {
    planned: {
      purpose: planDevice(input).purpose,
      command: sandboxText(deviceText(input), input.netns),
    },
    act: async (options) => {
      const { makeLabelledDevice } = await import("./labelled_device_linux.ts");
      await makeLabelledDevice(input, options);
    },
  };
}
