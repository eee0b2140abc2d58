import { assertEquals, assertThrows } from "@std/assert";
import { CniError } from "../spec/mod.ts";
import { formatCacheEntry, parseCacheEntry } from "./cache_entry.ts";

const config = new TextEncoder().encode('{"name": "net1"}\n');

Deno.test("formatCacheEntry() writes what the Go library writes", () => {
  const text = formatCacheEntry({
    containerId: "c1",
    ifname: "eth0",
    networkName: "net1",
    netns: "/run/netns/c1",
    config,
    args: [["IgnoreUnknown", "1"], ["IP", "10.0.0.2"]],
    capabilityArgs: { mac: "x", aliases: ["a&b"] },
    result: { ips: [{ address: "10.0.0.2/24" }], cniVersion: "1.1.0" },
  });
  assertEquals(
    text,
    '{"kind":"cniCacheV1","containerId":"c1",' +
      '"config":"eyJuYW1lIjogIm5ldDEifQo=","ifName":"eth0",' +
      '"networkName":"net1","netns":"/run/netns/c1",' +
      '"cniArgs":[["IgnoreUnknown","1"],["IP","10.0.0.2"]],' +
      '"capabilityArgs":{"aliases":["a\\u0026b"],"mac":"x"},' +
      '"result":{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.2/24"}]}}',
  );
});

Deno.test("formatCacheEntry() leaves out what is empty", () => {
  const text = formatCacheEntry({
    containerId: "c1",
    ifname: "eth0",
    networkName: "net1",
    netns: "",
    config,
    args: [],
    capabilityArgs: {},
  });
  assertEquals(
    text,
    '{"kind":"cniCacheV1","containerId":"c1",' +
      '"config":"eyJuYW1lIjogIm5ldDEifQo=","ifName":"eth0",' +
      '"networkName":"net1"}',
  );
});

Deno.test("parseCacheEntry() reads back what was written", () => {
  const entry = {
    containerId: "c1",
    ifname: "eth0",
    networkName: "net1",
    netns: "/run/netns/c1",
    config,
    args: [["IP", "10.0.0.2"]] as const,
    capabilityArgs: { mac: "x" },
    result: { cniVersion: "1.1.0" },
  };
  assertEquals(parseCacheEntry(formatCacheEntry(entry)), entry);
});

Deno.test("parseCacheEntry() takes a bare result of older libraries", () => {
  assertEquals(parseCacheEntry('{"cniVersion":"0.4.0","dns":{}}'), {
    bareResult: { cniVersion: "0.4.0", dns: {} },
  });
});

Deno.test("parseCacheEntry() refuses what is neither", async (t) => {
  const cases = {
    "no JSON": "cni",
    "cut short": '{"kind":"cniCacheV1"',
    "no object": "[]",
    "config is no base64": '{"kind":"cniCacheV1","config":"*"}',
  };
  for (const [why, text] of Object.entries(cases)) {
    await t.step(why, () => {
      assertThrows(() => parseCacheEntry(text), CniError);
    });
  }
});
