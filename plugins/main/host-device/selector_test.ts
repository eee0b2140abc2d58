import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniError, Fields, type JsonObject } from "../../../lib/spec/mod.ts";
import { parseHardwareAddress } from "./hardware_address.ts";
import {
  parseConfiguredSelector,
  parseSelector,
  selectorText,
} from "./selector.ts";

function selectorOf(object: JsonObject) {
  return parseSelector(new Fields(object));
}

Deno.test("parseSelector() reads every key", () => {
  const selector = selectorOf({
    Device: "eth1",
    HWAddr: "02-00-00-00-00-AB",
    kernelpath: "/sys/devices/pci0000:00/0000:00:1f.6/",
    pcibusid: "0000:00:1F.6",
  });
  assertEquals(selector, {
    device: "eth1",
    hwaddr: "02:00:00:00:00:ab",
    kernelPath: "/sys/devices/pci0000:00/0000:00:1f.6",
    bus: { id: "0000:00:1f.6", key: "pciBusID" },
  });
  assertEquals(
    selectorText(selector),
    'device is "eth1", hwaddr is "02:00:00:00:00:ab", kernelpath is ' +
      '"/sys/devices/pci0000:00/0000:00:1f.6", pciBusID is "0000:00:1f.6"',
  );
});

Deno.test("parseSelector() lets the runtime take the place of pciBusID", () => {
  const pciBusID = "0000:00:1f.6";
  for (const deviceID of ["0000:af:06.0", "mlx5_core.sf.4"]) {
    const { bus } = selectorOf({ pciBusID, runtimeConfig: { deviceID } });
    assertEquals(bus, { id: deviceID, key: "runtimeConfig.deviceID" });
  }
  const none = selectorOf({ pciBusID, runtimeConfig: { deviceID: "" } });
  assertEquals(none.bus?.key, "pciBusID");
});

Deno.test("parseConfiguredSelector() needs no key that the runtime has", () => {
  const capabilities = { deviceID: true };
  const selector = parseConfiguredSelector(new Fields({ capabilities }));
  assertEquals(selectorText(selector), "");
  for (const object of [{}, { capabilities: { deviceID: false } }]) {
    assertThrows(() => parseConfiguredSelector(new Fields(object)), CniError);
  }
});

Deno.test("parseSelector() names key, value and remedy", async (t) => {
  const bad = (kernelpath: string): [JsonObject, ...string[]] => [
    ...[{ kernelpath }, "kernelpath"] as const,
  ];
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "nothing": [{}, 'specify either "device"', "deviceID"],
    "nothing but empty texts": [
      { device: "", hwaddr: "", kernelpath: "", pciBusID: "" },
      'specify either "device"',
    ],
    "device of another type": [{ device: 1 }, "device", "1"],
    "device too long": [{ device: "n".repeat(128) }, "device"],
    "device with a path": [{ device: "../eth0" }, "device"],
    "device with a command": [{ device: "$(id)" }, "device"],
    "hwaddr that is none": [{ hwaddr: "02:00:00" }, "hwaddr", '"02:00:00"'],
    "hwaddr of another type": [{ hwaddr: [] }, "hwaddr"],
    "path elsewhere": bad("/sys/class/net/eth0"),
    "path out of the folder": bad("/sys/devices/../class/net/eth0"),
    "relative path": bad("sys/devices/x"),
    "path with a quote": bad("/sys/devices/x'; id; '"),
    "path with a second line": bad("/sys/devices/x\nid"),
    "path of another type": [{ kernelpath: {} }, "kernelpath"],
    "bus id that is none": [{ pciBusID: "1f.6" }, "pciBusID", '"1f.6"'],
    "bus id with a path": [{ pciBusID: "../../x" }, "pciBusID"],
    "bus id of another type": [{ pciBusID: 1 }, "pciBusID"],
    "device id with a path": [
      { runtimeConfig: { deviceID: "../x" } },
      "runtimeConfig.deviceID",
      '"../x"',
    ],
    "device id of another type": [
      { device: "eth0", runtimeConfig: { deviceID: 1 } },
      "runtimeConfig.deviceID",
    ],
  };
  for (const [why, [object, ...parts]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => selectorOf(object), CniError);
      assertEquals(error.code, 7);
      for (const part of parts) assertStringIncludes(String(error), part);
    });
  }
});

Deno.test("parseHardwareAddress() takes what the reference takes", async (t) => {
  const six = "02:00:5e:10:00:ff";
  const twenty = Array(20).fill("ab").join(":");
  const cases: Record<string, readonly [string, string | undefined]> = {
    "colons": ["02:00:5E:10:00:ff", six],
    "dashes": ["02-00-5e-10-00-ff", six],
    "dots": ["0200.5e10.00ff", six],
    "EUI-64": ["0200.5e10.0000.0001", "02:00:5e:10:00:00:00:01"],
    "InfiniBand": [twenty, twenty],
    "five octets": ["02:00:5e:10:00", undefined],
    "mixed joints": ["02:00-5e:10:00:ff", undefined],
    "single digits": ["2:0:5e:10:0:ff", undefined],
    "nothing": ["", undefined],
    "other letters": ["02:00:5e:10:00:fg", undefined],
  };
  for (const [why, [text, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(parseHardwareAddress(text), expected);
    });
  }
});
