import { readKeys, type Request } from "../../../lib/plugin/mod.ts";
import type { Dns } from "../../../lib/spec/mod.ts";
import { ipamKey, ownDnsKey, requireAddressesIfOld } from "../../shared/mod.ts";
import {
  type DeviceSelector,
  parseSelector,
  SELECTOR_KEYS,
} from "./selector.ts";

/** What host-device may be told besides the device. */
const REST_KEYS = {
  ipam: ipamKey({
    description: "The IPAM plugin and its keys. Without it the device is " +
      "only set up",
  }),
  dns: ownDnsKey(),
};

/** What host-device may be told. */
export const HOST_DEVICE_KEYS = { ...SELECTOR_KEYS, ...REST_KEYS };

/** The configuration of the host-device plugin, checked. */
export interface HostDeviceConfig {
  /** Which device is meant. */
  readonly selector: DeviceSelector;
  /** The IPAM plugin's name; absent for a device without addresses. */
  readonly ipamType: string | undefined;
  /** Takes the place of what the IPAM plugin says. */
  readonly dns: Dns | undefined;
}

/**
 * Reads and checks the whole configuration.
 *
 * @throws {CniError} Code 7 for a value that will not do, or if no key names a
 * device; code 1 for a network without addresses in an old version.
 */
export function parseHostDeviceConfig(
  { config }: Request,
): HostDeviceConfig {
  const { fields } = config;
  const selector = parseSelector(fields);
  const { ipam, dns } = readKeys(fields, REST_KEYS);
  requireAddressesIfOld(config, ipam);
  return { selector, ipamType: ipam, dns };
}
