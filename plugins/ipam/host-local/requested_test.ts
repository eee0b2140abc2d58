import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatAddress } from "../../../lib/net/mod.ts";
import {
  CniCode,
  CniError,
  Fields,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import { rangeSetsOf } from "./_range_sets.ts";
import { assignRequested, parseRequested } from "./requested.ts";

function requestedOf(object: JsonObject, cniArgs = "") {
  return parseRequested(new Fields(object), cniArgs);
}

const SETS = rangeSetsOf([
  [{ subnet: "10.0.0.0/24" }],
  [{ subnet: "fd00::/64" }],
]);

Deno.test("parseRequested() adds the capability to CNI_ARGS", () => {
  const found = requestedOf({
    args: { cni: { ips: [] } },
    runtimeConfig: { ips: ["fd00::5", "10.0.0.2/8"] },
  }, "IgnoreUnknown=1;K=V;IP=10.0.0.2");
  assertEquals(
    found.map(({ address, key }) => [formatAddress(address), key]),
    [
      ["10.0.0.2", "CNI_ARGS IP"],
      ["fd00::5", "runtimeConfig.ips[0]"],
    ],
  );
});

Deno.test("parseRequested() takes args.cni.ips instead of CNI_ARGS", () => {
  const found = requestedOf({
    args: { cni: { ips: ["10.0.0.3/24", "10.0.0.4"] } },
    runtimeConfig: { ips: ["fd00::5", "10.0.0.4/8"] },
  }, "IP=10.0.0.2");
  assertEquals(
    found.map(({ address, key }) => [formatAddress(address), key]),
    [
      ["10.0.0.3", "args.cni.ips[0]"],
      ["10.0.0.4", "args.cni.ips[1]"],
      ["fd00::5", "runtimeConfig.ips[0]"],
    ],
  );
});

Deno.test("parseRequested() finds nothing where nothing is", () => {
  assertEquals(requestedOf({ args: null, runtimeConfig: null }), []);
  assertEquals(requestedOf({ args: { cni: null } }, "IP="), []);
  assertEquals(requestedOf({ runtimeConfig: { ips: null } }), []);
});

Deno.test("parseRequested() names key, value and remedy", async (t) => {
  const cases: Record<string, [JsonObject, string, ...string[]]> = {
    "null": [{ runtimeConfig: { ips: [null] } }, "", "ips[0]", "null"],
    "empty": [{ runtimeConfig: { ips: [""] } }, "", "ips[0]", '""'],
    "number": [{ args: { cni: { ips: [1] } } }, "", "args.cni.ips[0]", "1"],
    "no list": [{ args: { cni: { ips: "x" } } }, "", "args.cni.ips", '"x"'],
    "no address": [{ args: { cni: { ips: ["x"] } } }, "", "ips[0]", '"x"'],
    "no object": [{ args: [] }, "", "args", "[]"],
    "long mask": [
      { runtimeConfig: { ips: ["10.0.0.1", "10.0.0.1/33"] } },
      "",
      "runtimeConfig.ips[1]",
      "10.0.0.1/33",
    ],
    "in CNI_ARGS": [{}, "IP=x", "CNI_ARGS IP", '"x"'],
    "list in CNI_ARGS": [
      {},
      "IP=10.0.0.1,10.0.0.2",
      "CNI_ARGS IP",
      "10.0.0.1,",
    ],
    "unknown pair": [{}, "MAC=1", "MAC=1"],
    "trailing separator": [{}, "IP=10.0.0.1;", "CNI_ARGS"],
  };
  for (const [why, [object, args, ...fragments]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => requestedOf(object, args), CniError);
      const code = args === ""
        ? CniCode.InvalidConfig
        : CniCode.InvalidEnvironment;
      assertEquals(error.code, code);
      for (const fragment of fragments) {
        assertStringIncludes(error.toString(), fragment);
      }
    });
  }
});

Deno.test("assignRequested() gives each address to its set", () => {
  const requested = requestedOf({ runtimeConfig: { ips: ["fd00::5"] } });
  const assigned = assignRequested(SETS, requested);
  assertEquals(assigned.map((a) => a && formatAddress(a)), [
    undefined,
    "fd00::5",
  ]);
  assertEquals(assignRequested(SETS, []), [undefined, undefined]);
});

Deno.test("assignRequested() refuses what no set can give", async (t) => {
  await t.step("in no set", () => {
    const requested = requestedOf({ runtimeConfig: { ips: ["192.0.2.1"] } });
    const act = () => assignRequested(SETS, requested);
    const error = assertThrows(act, CniError);
    assertEquals(error.code, CniCode.InvalidConfig);
    assertEquals(
      error.message,
      "failed to allocate all requested IPs: 192.0.2.1",
    );
    assertStringIncludes(error.details, "runtimeConfig.ips[0]");
  });
  await t.step("two in one set", () => {
    const ips = ["10.0.0.7", "10.0.0.8"];
    const requested = requestedOf({ args: { cni: { ips } } });
    const act = () => assignRequested(SETS, requested);
    const error = assertThrows(act, CniError, "10.0.0.8");
    assertStringIncludes(error.details, "args.cni.ips[1]");
  });
  await t.step("from CNI_ARGS", () => {
    const act = () => assignRequested(SETS, requestedOf({}, "IP=192.0.2.1"));
    assertEquals(
      assertThrows(act, CniError).code,
      CniCode.InvalidEnvironment,
    );
  });
});
