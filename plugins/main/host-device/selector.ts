import {
  anyLinkNameKey,
  type KeyValues,
  parsedKey,
  readKeys,
  readRuntimeConfig,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Fields } from "../../../lib/spec/mod.ts";
import { parseHardwareAddress } from "./hardware_address.ts";

/** The keys that say which device of the host is meant. */
export const SELECTOR_KEYS = {
  device: anyLinkNameKey({
    description: "The device's name in the host, or an alternative one",
  }),
  hwaddr: parsedKey(
    { description: "The device's hardware address, of 6, 8 or 20 octets" },
    "a hardware address as 02:00:00:00:00:01",
    parseHardwareAddress,
  ),
  kernelpath: parsedKey(
    {
      description: "The folder, below `/sys/devices/`, of what the device " +
        "belongs to; its first network device is meant",
      holds: "path",
    },
    "an absolute path that begins with /sys/devices/, without ..",
    parseKernelPath,
  ),
  pciBusID: parsedKey(
    {
      description: "The PCI address of what the device belongs to: " +
        "`0000:00:1f.6`",
    },
    "a PCI address such as 0000:00:1f.6",
    parsePciBusId,
  ),
};

/** The device that the runtime names. */
export const SELECTOR_CAPABILITIES = {
  deviceID: parsedKey(
    {
      description: "In place of `pciBusID`: a PCI address or a device on the " +
        "auxiliary bus",
      example: "0000:00:1f.6",
    },
    "a device such as 0000:00:1f.6 or mlx5_core.sf.4",
    (text) => /^\w[\w.:-]*$/.test(text) ? text : undefined,
  ),
};

/** Which device of the host is meant: the one to which all keys apply. */
export interface DeviceSelector {
  /** Its name. */
  readonly device?: string | undefined;
  /** Its hardware address, in the kernel's text. */
  readonly hwaddr?: string | undefined;
  /** The folder of the device it belongs to, below `/sys/devices`. */
  readonly kernelPath?: string | undefined;
  /** The device on the PCI or the auxiliary bus that it belongs to. */
  readonly bus?: BusDevice | undefined;
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
  const isGiven = Object.values(selector).some((one) => one !== undefined);
  if (isGiven) return selector;
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
  const own = readKeys(fields, SELECTOR_KEYS);
  const { deviceID } = readRuntimeConfig(fields, SELECTOR_CAPABILITIES);
  return {
    device: own.device,
    hwaddr: own.hwaddr,
    kernelPath: own.kernelpath,
    bus: busOf(own, deviceID),
  };
}

function busOf(
  { pciBusID }: KeyValues<typeof SELECTOR_KEYS>,
  deviceID: string | undefined,
): BusDevice | undefined {
  if (deviceID !== undefined) {
    return { id: deviceID, key: "runtimeConfig.deviceID" };
  }
  return pciBusID === undefined ? undefined : { id: pciBusID, key: "pciBusID" };
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

// It is read by a shell, so there is no room for characters of its own.
function parseKernelPath(text: string): string | undefined {
  const isSafe = /^\/sys\/devices\/[\w.:,@+=~/-]*$/.test(text) &&
    !text.split("/").includes("..");
  return isSafe ? text.replace(/\/+$/, "") : undefined;
}

function parsePciBusId(text: string): string | undefined {
  // The kernel writes it in lower case.
  const id = text.toLowerCase();
  const isId = /^[0-9a-f]{4,8}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]$/.test(id);
  return isId ? id : undefined;
}
