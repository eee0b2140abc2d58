import { isNamed, type Link } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { readPrevResult } from "../../shared/host_end/mod.ts";
import { type DeviceSelector, parseSelector } from "./selector.ts";
import { originOf } from "./steps.ts";

/**
 * Whether a link in the container is the attachment's device under another
 * name: it has the alias that an ADD gives, and is what the configuration or
 * `prevResult` says. The alias alone does not tell which attachment it is of.
 */
export function isOwnDevice(link: Link, request: Request): boolean {
  const origin = originOf(link);
  if (origin === undefined) return false;
  const { device, hwaddr } = selectorOf(request) ?? {};
  if (device !== undefined) {
    return device === origin || isNamed(link, device);
  }
  if (hwaddr !== undefined) return hwaddr === link.mac;
  const { interfaces = [] } = readPrevResult(request) ?? {};
  return interfaces.some(({ name, mac, sandbox }) =>
    name === request.ifname && sandbox && mac?.toLowerCase() === link.mac
  );
}

/** The keys that say which device is meant, if they do. */
export function selectorOf({ config }: Request): DeviceSelector | undefined {
  try {
    return parseSelector(config.fields);
  } catch (error) {
    // A DEL cleans up as much as it can without.
    if (error instanceof CniError) return undefined;
    throw error;
  }
}
