import {
  checkLinkName,
  CniCode,
  CniError,
  type Fields,
} from "../../../lib/spec/mod.ts";
import { parseHardwareAddress } from "./hardware_address.ts";

/** Which device of the host is meant: the one to which all keys apply. */
export interface DeviceSelector {
  /** Its name. */
  readonly device?: string;
  /** Its hardware address, in the kernel's text. */
  readonly hwaddr?: string;
  /** The folder of the device it belongs to, below `/sys/devices`. */
  readonly kernelPath?: string;
  /** The device on the PCI or the auxiliary bus that it belongs to. */
  readonly bus?: BusDevice;
}

/** A device on a bus, by its name there. */
export interface BusDevice {
  /** A PCI address such as `0000:00:1f.6`, or what the runtime has named. */
  readonly id: string;
  /** The key that names it. */
  readonly key: "pciBusID" | "runtimeConfig.deviceID";
}

/**
 * Reads the keys that say which device is meant. What the runtime names takes
 * the place of `pciBusID`.
 *
 * @param fields The whole network configuration.
 * @throws {CniError} Code 7 for a value that will not do, or if there is none.
 */
export function parseSelector(fields: Fields): DeviceSelector {
  const selector = parseSelectorKeys(fields);
  if (Object.keys(selector).length > 0) return selector;
  const message =
    'specify either "device", "hwaddr", "kernelpath" or "pciBusID"';
  throw new CniError(CniCode.InvalidConfig, message, {
    details: "no key says which device is meant: name one, such as " +
      '"device": "eth1", or have the runtime name it (capability deviceID)',
  });
}

/** As {@linkcode parseSelector}, where the runtime may name one later. */
export function parseConfiguredSelector(fields: Fields): DeviceSelector {
  const isNamedLater = fields.fields("capabilities")?.json("deviceID") === true;
  return isNamedLater ? parseSelectorKeys(fields) : parseSelector(fields);
}

function parseSelectorKeys(fields: Fields): DeviceSelector {
  const device = fields.string("device");
  if (device) checkLinkName(device, "device");
  const hwaddr = parseHwaddr(fields);
  const kernelPath = parseKernelPath(fields);
  const bus = parseBusDevice(fields);
  return {
    ...(device ? { device } : {}),
    ...(hwaddr === undefined ? {} : { hwaddr }),
    ...(kernelPath === undefined ? {} : { kernelPath }),
    ...(bus === undefined ? {} : { bus }),
  };
}

/** What a selector says, for messages. */
export function selectorText(
  { device, hwaddr, kernelPath, bus }: DeviceSelector,
): string {
  return [
    ...(device === undefined ? [] : [`device is "${device}"`]),
    ...(hwaddr === undefined ? [] : [`hwaddr is "${hwaddr}"`]),
    ...(kernelPath === undefined ? [] : [`kernelpath is "${kernelPath}"`]),
    ...(bus === undefined ? [] : [`${bus.key} is "${bus.id}"`]),
  ].join(", ");
}

function parseHwaddr(fields: Fields): string | undefined {
  const text = fields.string("hwaddr");
  if (!text) return undefined;
  const address = parseHardwareAddress(text);
  if (address !== undefined) return address;
  throw fields.invalid("hwaddr", "a hardware address as 02:00:00:00:00:01");
}

// It is read by a shell, so there is no room for characters of its own.
function parseKernelPath(fields: Fields): string | undefined {
  const text = fields.string("kernelpath");
  if (!text) return undefined;
  const isSafe = /^\/sys\/devices\/[\w.:,@+=~/-]*$/.test(text) &&
    !text.split("/").includes("..");
  if (isSafe) return text.replace(/\/+$/, "");
  const expected =
    "an absolute path that begins with /sys/devices/, without ..";
  throw fields.invalid("kernelpath", expected);
}

function parseBusDevice(fields: Fields): BusDevice | undefined {
  const pciBusId = parsePciBusId(fields);
  const deviceId = parseDeviceId(fields.fields("runtimeConfig"));
  if (deviceId !== undefined) {
    return { id: deviceId, key: "runtimeConfig.deviceID" };
  }
  return pciBusId === undefined ? undefined : { id: pciBusId, key: "pciBusID" };
}

function parsePciBusId(fields: Fields): string | undefined {
  const text = fields.string("pciBusID");
  if (!text) return undefined;
  // The kernel writes it in lower case.
  const id = text.toLowerCase();
  if (/^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(id)) return id;
  throw fields.invalid("pciBusID", "a PCI address such as 0000:00:1f.6");
}

function parseDeviceId(fields: Fields | undefined): string | undefined {
  const text = fields?.string("deviceID");
  if (fields === undefined || !text) return undefined;
  if (/^\w[\w.:-]*$/.test(text)) return text;
  const expected = "a device such as 0000:00:1f.6 or mlx5_core.sf.4";
  throw fields.invalid("deviceID", expected);
}
