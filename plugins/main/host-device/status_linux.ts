import {
  type Context,
  readKeys,
  type Request,
} from "../../../lib/plugin/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import { HOST_DEVICE_KEYS } from "./config.ts";
import { parseConfiguredSelector } from "./selector.ts";

/**
 * Finds out whether the configuration can be used, then asks the IPAM plugin
 * (CNI 1.1.0, section 2, "STATUS"). The device is not looked for: while a
 * container has it, all is as it should be. Which one is meant may also be
 * known only when the runtime names it.
 *
 * @throws {CniError} Code 7 for the configuration, or the IPAM plugin's error.
 */
export async function hostDeviceStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const { fields } = request.config;
  readKeys(fields, HOST_DEVICE_KEYS);
  parseConfiguredSelector(fields);
  await delegateIpam(request, context);
}
