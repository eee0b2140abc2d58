import type { Call } from "../../../lib/plugin/mod.ts";
import { checkContainerId } from "../../../lib/spec/mod.ts";
import { fitFileName } from "../../../lib/state/mod.ts";
import type { FlannelConfig } from "./config.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { linuxDelegate, readRoutes } from "./linux_delegate.ts";
import type { SubnetEnv } from "./subnet_env.ts";
import { windowsDelegate } from "./windows_delegate.ts";

/** What differs between systems. All of it only computes. */
export interface Platform {
  /**
   * Refuses what no subnet file would make right.
   *
   * @throws {CniError} Code 7.
   */
  check(config: FlannelConfig): void;
  /** Makes the delegate's configuration. */
  delegateConfig(config: FlannelConfig, subnet: SubnetEnv): DelegateConfig;
  /** The name under which a container's state is kept. */
  stateName(call: Pick<Call, "containerId" | "netns">): string;
}

/** The one place that asks which system this is. */
export function platformFor(os: typeof Deno.build.os): Platform {
  return os === "windows" ? WINDOWS : LINUX;
}

const LINUX: Platform = {
  check: ({ ipam }) => void readRoutes(ipam.routes),
  delegateConfig: linuxDelegate,
  stateName: ({ containerId }) => fitFileName(containerId),
};

const WINDOWS: Platform = {
  // The user's routes do not count there.
  check: () => {},
  delegateConfig: windowsDelegate,
  // Containers of one pod share the network of its first, the sandbox, which
  // `container:<id>` names.
  stateName: ({ containerId, netns }) => {
    const colon = netns.indexOf(":");
    if (colon < 0) return containerId;
    const sandboxId = netns.slice(colon + 1);
    checkContainerId(sandboxId);
    return sandboxId;
  },
};
