import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniError } from "../../../lib/spec/mod.ts";
import { linkWith } from "./_testing.ts";
import { selectDevice } from "./devices.ts";
import type { DeviceSelector } from "./selector.ts";
import { parseSysfs, sysfsScript } from "./sysfs.ts";

const LINKS = [
  linkWith({ name: "lo", mac: "00:00:00:00:00:00" }),
  linkWith({ name: "d0", mac: "02:00:00:00:00:d0" }),
  linkWith({ name: "d1", mac: "02:00:00:00:00:d1" }),
  linkWith({ name: "d1.5", mac: "02:00:00:00:00:d1" }),
];
const BUS = { id: "0000:00:1f.6", key: "pciBusID" } as const;
const NAMED = { ...BUS, key: "runtimeConfig.deviceID" } as const;

/** The name of the link that is meant, by what the script has printed. */
function nameOf(selector: DeviceSelector, sysfs = ""): string | undefined {
  const devices = { ...parseSysfs(sysfs), links: LINKS };
  const device = selectDevice(selector, devices);
  return device.kind === "link" ? device.link.name : device.kind;
}

Deno.test("selectDevice() finds the device by any key", async (t) => {
  const pci = "bus pci\ndriver ../../../bus/pci/drivers/e1000e\n";
  const cases: Record<string, readonly [string, DeviceSelector, string?]> = {
    "name": ["d1.5", { device: "d1.5" }],
    "hardware address": ["d0", { hwaddr: "02:00:00:00:00:d0" }],
    "the first of an address": ["d1", { hwaddr: "02:00:00:00:00:d1" }],
    "path": ["d1", { kernelPath: "/sys/devices/x" }, "path d1\n"],
    "the first of a path": [
      "d1.5",
      { kernelPath: "/sys/devices/x" },
      "path gone\npath d1.5\npath d0\n",
    ],
    "PCI address": ["d0", { bus: BUS }, `${pci}name d0\n`],
    "the runtime's device": ["d0", { bus: NAMED }, `${pci}name d0\n`],
    "auxiliary device": [
      "d1",
      { bus: { ...NAMED, id: "mlx5_core.sf.4" } },
      "bus auxiliary\nname d1\n",
    ],
    "all keys at once": [
      "d1.5",
      {
        device: "d1.5",
        hwaddr: "02:00:00:00:00:d1",
        kernelPath: "/sys/devices/x",
        bus: BUS,
      },
      `path d1\npath d1.5\n${pci}name d1.5\nname d1\n`,
    ],
    "one that a program drives": [
      "userspace",
      { bus: BUS },
      "bus pci\ndriver ../../../../bus/pci/drivers/vfio-pci\n",
    ],
  };
  for (const [why, [expected, selector, sysfs]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(nameOf(selector, sysfs), expected);
    });
  }
});

Deno.test("selectDevice() says what it has not found", async (t) => {
  const cases: Record<string, readonly [DeviceSelector, string, string?]> = {
    "no such name": [{ device: "d9" }, 'device is "d9"'],
    "no such address": [{ hwaddr: "02:00:00:00:00:99" }, "02:00:00:00:00:99"],
    "nothing at the path": [
      { kernelPath: "/sys/devices/x" },
      'kernelpath is "/sys/devices/x"',
    ],
    "no such PCI device": [{ bus: BUS }, "Cannot find the PCI device"],
    "no such device of the runtime's": [
      { bus: NAMED },
      "runtime config DeviceID 0000:00:1f.6 not found or unsupported",
    ],
    "a device without a link": [
      { bus: BUS },
      'pciBusID is "0000:00:1f.6"',
      "bus pci\n",
    ],
    "keys that do not agree": [
      { device: "d0", hwaddr: "02:00:00:00:00:d1" },
      'device is "d0", hwaddr is "02:00:00:00:00:d1"',
    ],
    "an auxiliary device of that driver": [
      { bus: NAMED },
      "runtimeConfig.deviceID",
      "bus auxiliary\ndriver vfio-pci\n",
    ],
  };
  for (const [why, [selector, part, sysfs]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => nameOf(selector, sysfs), CniError);
      assertEquals(error.code, 999);
      assertStringIncludes(String(error), part);
    });
  }
});

Deno.test("sysfsScript() looks for what is asked for only", () => {
  assertEquals(sysfsScript({ device: "d0", hwaddr: "x" }), undefined);
  const path = sysfsScript({ kernelPath: "/sys/devices/x" }) ?? "";
  assertStringIncludes(path, "list path '/sys/devices/x'\n");
  assertEquals(path.includes("/sys/bus"), false);
  const bus = sysfsScript({ bus: BUS }) ?? "";
  assertStringIncludes(bus, "'/sys/bus/pci/devices/0000:00:1f.6'");
  assertEquals(bus.includes("list path"), false);
});
