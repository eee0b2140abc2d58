import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { dnsOf, parsePluginConfig, prevResultOf } from "./config.ts";
import type { Json, JsonObject } from "./json.ts";

Deno.test("parsePluginConfig() reads name, version and the plugin's keys", () => {
  const config = parsePluginConfig({
    cniVersion: "1.0.0",
    name: "net1",
    mtu: 1,
  });
  assertEquals([config.name, config.cniVersion], ["net1", "1.0.0"]);
  assertEquals(config.fields.integer("mtu"), 1);
});

Deno.test("parsePluginConfig() takes an absent version for 0.1.0", () => {
  const objects = [{}, { cniVersion: "" }, { cniVersion: null }];
  const versions = objects.map((object) =>
    parsePluginConfig({ name: "n", ...object }).cniVersion
  );
  assertEquals(versions, ["0.1.0", "0.1.0", "0.1.0"]);
});

Deno.test("parsePluginConfig() leaves it to others to judge the version", () => {
  const object = { name: "n", CNIVersion: "banana" };
  assertEquals(parsePluginConfig(object).cniVersion, "banana");
});

Deno.test("parsePluginConfig() refuses names", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "absent": [{}, "missing network name"],
    "null": [{ name: null }, "missing network name"],
    "empty": [{ name: "" }, "missing network name"],
    "of another type": [{ name: 1 }, "name is 1: expected a string"],
    "illegal": [{ name: "a/../b" }, 'name is "a/../b"'],
    "illegal, before a bad version": [
      { name: "a b", cniVersion: 1 },
      'name is "a b"',
    ],
  };
  for (const [why, [object, said]] of Object.entries(cases)) {
    await t.step(why, () => {
      const act = () => parsePluginConfig(object);
      assertRefuses(act, CniCode.InvalidConfig, said);
    });
  }
});

Deno.test("parsePluginConfig() refuses a version that is no text", () => {
  const cases: readonly (readonly [Json, string])[] = [
    [1, "cniVersion is 1"],
    [true, "cniVersion is true"],
    [["1.0.0"], "cniVersion is an array"],
    [{}, "cniVersion is {}"],
  ];
  for (const [cniVersion, said] of cases) {
    const act = () => parsePluginConfig({ name: "n", cniVersion });
    const code = CniCode.DecodingFailure;
    assertRefuses(act, code, `${said}: expected a string`);
  }
});

const IP = { address: "10.0.0.2/24" };

/** The `prevResult` of a configuration that has these two keys. */
function prevResult(cniVersion: string | undefined, value: Json | undefined) {
  const object = { name: "n", cniVersion, prevResult: value };
  return prevResultOf(parsePluginConfig(object));
}

Deno.test("prevResultOf() reads a result in the version of the configuration", async (t) => {
  const result = { ips: [IP] };
  const cases: Record<string, readonly [string | undefined, JsonObject]> = {
    "same version": ["1.0.0", { cniVersion: "1.0.0", ips: [IP] }],
    "no version of its own": ["1.0.0", { ips: [IP] }],
    "null for its version": ["1.0.0", { cniVersion: null, ips: [IP] }],
    "another version of one shape": [
      "1.0.0",
      { cniVersion: "1.1.0", ips: [IP] },
    ],
    "older shape": ["0.4.0", { ips: [{ version: "4", ...IP }] }],
    "oldest shape": ["0.2.0", { ip4: { ip: "10.0.0.2/24" } }],
    "no version anywhere": [undefined, { ip4: { ip: "10.0.0.2/24" } }],
  };
  for (const [why, [version, object]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(prevResult(version, object), result));
  }
});

Deno.test("prevResultOf() tells none from an empty one", () => {
  assertEquals(prevResult("1.0.0", undefined), undefined);
  assertEquals(prevResult("1.0.0", null), undefined);
  assertEquals(prevResult("1.0.0", {}), {});
});

Deno.test("prevResultOf() refuses what is no result of the version", async (t) => {
  const { IncompatibleVersion, InvalidConfig } = CniCode;
  const cases: Record<string, readonly [Json, number, string]> = {
    "of another shape": [
      { cniVersion: "0.4.0" },
      IncompatibleVersion,
      '"0.4.0"',
    ],
    "of no version": [{ cniVersion: "" }, IncompatibleVersion, '""'],
    "a list": [[IP], InvalidConfig, "prevResult is an array"],
    "a text": ["{}", InvalidConfig, 'prevResult is "{}"'],
    "no address": [{ ips: [{}] }, InvalidConfig, "prevResult.ips[0].address"],
    "a bad route": [
      { routes: [{ dst: "10.0.0.1" }] },
      InvalidConfig,
      'prevResult.routes[0].dst is "10.0.0.1"',
    ],
  };
  for (const [why, [value, code, said]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertRefuses(() => prevResult("1.0.0", value), code, said);
    });
  }
});

Deno.test("dnsOf() reads the dns key of a configuration", () => {
  const dns = {
    nameservers: ["10.0.0.1"],
    domain: "d",
    search: ["s"],
    options: ["ndots:2"],
  };
  const read = (value: Json | undefined) =>
    dnsOf(parsePluginConfig({ name: "n", dns: value }));
  assertEquals(read(dns), dns);
  assertEquals(read({}), {});
  assertEquals(read({ nameservers: [], domain: "" }), {});
  assertEquals(read(undefined), undefined);
  assertEquals(read(null), undefined);
});

Deno.test("dnsOf() refuses other types, naming the key", () => {
  const cases: readonly (readonly [Json, string])[] = [
    ["10.0.0.1", 'dns is "10.0.0.1"'],
    [{ nameservers: "10.0.0.1" }, 'dns.nameservers is "10.0.0.1"'],
    [{ search: [1] }, "dns.search[0] is 1"],
    [{ domain: ["d"] }, "dns.domain is an array"],
  ];
  for (const [dns, said] of cases) {
    const config = parsePluginConfig({ name: "n", dns });
    assertRefuses(() => dnsOf(config), CniCode.InvalidConfig, said);
  }
});
