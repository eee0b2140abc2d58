import { assertEquals, assertThrows } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { Violation } from "../../suite/mod.ts";
import { readStated } from "./stated_result.ts";

Deno.test("readStated() reads a result of the newest version", () => {
  const result = {
    interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", mtu: 1400 }, {
      name: "veth1",
      sandbox: "",
    }],
    ips: [{ address: "FD00:0::2/64", gateway: "", interface: 0 }],
    routes: [{ dst: "10.0.0.0/8", gw: "10.1.0.1", table: 0, priority: 5 }],
    dns: { domain: "example.org" },
  };
  assertEquals(readStated(result), {
    interfaces: [
      { name: "eth0", mac: "02:00:00:00:00:01", mtu: 1400, sandbox: "" },
      { name: "veth1", sandbox: "" },
    ],
    ips: [{ address: "fd00::2/64", interface: 0 }],
    routes: [{ dst: "10.0.0.0/8", gw: "10.1.0.1", table: 0, priority: 5 }],
    dns: { domain: "example.org" },
  });
});

Deno.test("readStated() reads a result of the oldest version", () => {
  const result = {
    ip4: {
      ip: "10.1.0.2/24",
      gateway: "10.1.0.1",
      routes: [{ dst: "0.0.0.0/0" }],
    },
    ip6: { ip: "fd00::2/64" },
    dns: {},
  };
  assertEquals(readStated(result), {
    interfaces: [],
    ips: [
      { address: "10.1.0.2/24", gateway: "10.1.0.1" },
      { address: "fd00::2/64" },
    ],
    routes: [{ dst: "0.0.0.0/0" }],
    dns: {},
  });
});

Deno.test("readStated() refuses what is of no result's shape", async (t) => {
  const cases: Readonly<Record<string, JsonObject | undefined>> = {
    "no result": undefined,
    "no list of interfaces": { interfaces: {} },
    "a name that is none": { interfaces: [{ name: 5 }] },
    "an index that is a text": {
      ips: [{ address: "10.1.0.2/24", interface: "0" }],
    },
    "an address without its length": { ips: [{ address: "10.1.0.2" }] },
    "no address": { ips: [{}] },
    "a gateway that is none": {
      ips: [{ address: "10.1.0.2/24", gateway: "x" }],
    },
    "a route without a destination": { routes: [{}] },
    "a number in place of a list": { routes: 5 },
  };
  for (const [why, result] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => readStated(result), Violation);
    });
  }
});
