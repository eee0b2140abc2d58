import type { Request } from "../../../lib/plugin/mod.ts";
import type { Dns } from "../../../lib/spec/mod.ts";
import { ipamTypeOf, parseOwnDns } from "../../shared/mod.ts";
import { type DeviceSelector, parseSelector } from "./selector.ts";

/** The configuration of the host-device plugin, checked. */
export interface HostDeviceConfig {
  /** Which device is meant. */
  readonly selector: DeviceSelector;
  /** The IPAM plugin's name; absent for a device without addresses. */
  readonly ipamType?: string;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns?: Dns;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, or if no key names a
 * device.
 */
export function parseHostDeviceConfig(
  { config }: Request,
): HostDeviceConfig {
  const { fields } = config;
  const selector = parseSelector(fields);
  const ipamType = ipamTypeOf(fields);
  const dns = parseOwnDns(config);
  return {
    selector,
    ...(ipamType === undefined ? {} : { ipamType }),
    ...(dns === undefined ? {} : { dns }),
  };
}
