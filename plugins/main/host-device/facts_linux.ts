import {
  type Link,
  parseLinks,
  parseShown,
  readLink,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { HostDevices } from "./devices.ts";
import type { DeviceSelector } from "./selector.ts";
import { parseSysfs, sysfsScript } from "./sysfs.ts";

/**
 * Reads what the host says of the devices that may be meant.
 *
 * @throws {CniError} Code 999 if the links cannot be read.
 */
export async function readDevices(
  selector: DeviceSelector,
  run: Run,
): Promise<HostDevices> {
  const [links, sysfs] = await Promise.all([
    readLinks(selector, run),
    readSysfs(selector, run),
  ]);
  return { ...sysfs, links };
}

/** Reads all links of the host. */
export async function readAllLinks(run: Run): Promise<readonly Link[]> {
  const args = ["-j", "-d", "addr", "show"];
  const { status, stdout, stderr } = await run({ program: "ip", args });
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, "Cannot list the links of the host", {
    details: reasonOf(stderr),
  });
}

/** Reads what /sys says of the devices that may be meant. */
export async function readSysfs(
  selector: DeviceSelector,
  run: Run,
): Promise<Omit<HostDevices, "links">> {
  const stdin = sysfsScript(selector);
  if (stdin === undefined) return { pathNames: [] };
  const { stdout } = await run({ program: "sh", args: ["-s"], stdin });
  return parseSysfs(stdout);
}

async function readLinks(
  { device }: DeviceSelector,
  run: Run,
): Promise<readonly Link[]> {
  if (device === undefined) return await readAllLinks(run);
  const link = await readLink(device, { run });
  return link === undefined ? [] : [link];
}
