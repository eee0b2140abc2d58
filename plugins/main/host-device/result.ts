import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import { type Addressing, requireAddresses } from "../../shared/mod.ts";
import type { HostDeviceConfig } from "./config.ts";
import type { Device } from "./devices.ts";

/** The container's interface in `interfaces` of the result. */
const CONTAINER_INTERFACE = 0;

/**
 * The addresses that the IPAM plugin gave.
 *
 * @throws {CniError} Code 999 if it gave none.
 */
export function addressingOf(
  ipam: Result | undefined,
  { ipamType = "" }: HostDeviceConfig,
): Addressing | undefined {
  return ipam && requireAddresses(ipam, ipamType, CONTAINER_INTERFACE);
}

/** The result of an ADD: the device as the container has it. */
export function resultOf(
  { netns, ifname }: Request,
  { device, addressing, dns }: {
    readonly device: Device;
    readonly addressing: Addressing | undefined;
    readonly dns: Dns | undefined;
  },
): Result {
  const mac = device.kind === "link" ? device.link.mac : "";
  return {
    interfaces: [
      { name: ifname, ...(mac === "" ? {} : { mac }), sandbox: netns },
    ],
    ...addressing,
    ...(dns === undefined ? {} : { dns }),
  };
}
