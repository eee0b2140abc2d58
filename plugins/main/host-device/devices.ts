import { isNamed, type Link } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type DeviceSelector, selectorText } from "./selector.ts";

/** What the host says of the devices that may be meant. */
export interface HostDevices {
  /** Its links: that of the name asked for, or all. */
  readonly links: readonly Link[];
  /** Names of links of the device at the path asked for. */
  readonly pathNames: readonly string[];
  /** The bus that has the device asked for, if one has it. */
  readonly bus?: HostBus;
}

/** The bus that has a device. */
export interface HostBus {
  readonly kind: "pci" | "auxiliary";
  /** Names of links of the device. */
  readonly names: readonly string[];
  /** The name of its driver; empty if it has none. */
  readonly driver: string;
}

/** A device for a container. */
export type Device =
  /** A link, which is moved. */
  | { readonly kind: "link"; readonly link: Link }
  /** One that a program drives by itself: there is nothing to move. */
  | { readonly kind: "userspace" };

/** Drivers that hand a device to a program, such as one that uses DPDK. */
const USERSPACE_DRIVERS = ["vfio-pci", "uio_pci_generic", "igb_uio"];

/**
 * Finds the one device to which all keys apply, the first if there are more.
 *
 * @throws {CniError} Code 999 if there is none.
 */
export function selectDevice(
  selector: DeviceSelector,
  devices: HostDevices,
): Device {
  refuseUnknownBusDevice(selector, devices);
  if (isUserspace(devices)) return { kind: "userspace" };
  const [link] = matchingLinks(selector, devices);
  if (link !== undefined) return { kind: "link", link };
  const message = "Cannot find the device in the host";
  throw new CniError(CniCode.Internal, message, {
    details: `${selectorText(selector)}, but no link of the host is that: it ` +
      "may be in another container, or have no driver",
  });
}

/** Whether the device asked for is one that a program drives by itself. */
export function isUserspace({ bus }: Pick<HostDevices, "bus">): boolean {
  return bus?.kind === "pci" && USERSPACE_DRIVERS.includes(bus.driver);
}

/** The links to which all keys apply. */
export function matchingLinks(
  { device, hwaddr, kernelPath, bus }: DeviceSelector,
  devices: HostDevices,
): readonly Link[] {
  const lists = [
    ...(kernelPath === undefined ? [] : [devices.pathNames]),
    ...(bus === undefined ? [] : [devices.bus?.names ?? []]),
  ];
  const found = devices.links.filter((link) =>
    (device === undefined || isNamed(link, device)) &&
    (hwaddr === undefined || link.mac === hwaddr) &&
    lists.every((names) => names.includes(link.name))
  );
  const [order] = lists;
  if (order === undefined) return found;
  return found.toSorted((a, b) =>
    order.indexOf(a.name) - order.indexOf(b.name)
  );
}

function refuseUnknownBusDevice(
  { bus }: DeviceSelector,
  devices: HostDevices,
): void {
  if (bus === undefined || devices.bus !== undefined) return;
  const message = bus.key === "pciBusID"
    ? `Cannot find the PCI device ${bus.id}`
    : `runtime config DeviceID ${bus.id} not found or unsupported`;
  throw new CniError(CniCode.Internal, message, {
    details: `${bus.key} is "${bus.id}", which is neither in ` +
      "/sys/bus/pci/devices nor in /sys/bus/auxiliary/devices",
  });
}
