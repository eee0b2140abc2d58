import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { isIdle, parseTuningConfig, requirePrevResult } from "./config.ts";

const MACS = ["02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03"];

Deno.test("parseTuningConfig() leaves alone what is not asked for", () => {
  const nothing = { sysctls: [], attributes: {} };
  const cases: readonly JsonObject[] = [
    {},
    { mtu: 0, promisc: false, mac: "", sysctl: {} },
    { mtu: null, promisc: null, allmulti: null, txQLen: null, mac: null },
    { args: { cni: {} }, runtimeConfig: {} },
  ];
  for (const keys of cases) {
    const config = parseTuningConfig(requestWith(keys));
    assertEquals(config, nothing);
    assertEquals(isIdle(config), true);
  }
});

Deno.test("parseTuningConfig() reads every key, whatever its letters", () => {
  const config = parseTuningConfig(requestWith({
    MAC: "02-00-00-00-00-0A",
    Promisc: true,
    MTU: 1400,
    allMulti: false,
    txqlen: 0,
    sysctl: { "net.core.somaxconn": "500" },
  }));
  assertEquals(config, {
    sysctls: [{
      name: "net.core.somaxconn",
      path: "net/core/somaxconn",
      value: "500",
    }],
    attributes: {
      mac: "02:00:00:00:00:0a",
      promisc: true,
      mtu: 1400,
      allmulti: false,
      txQLen: 0,
    },
  });
});

Deno.test("parseTuningConfig() has args.cni beat the keys", () => {
  const cni = { promisc: false, mtu: 1300, allmulti: true, txQLen: 7 };
  const keys = { promisc: true, mtu: 1400, allmulti: false, txQLen: 9 };
  const request = requestWith({ ...keys, args: { cni } });
  assertEquals(parseTuningConfig(request).attributes, {
    mtu: 1300,
    allmulti: true,
    txQLen: 7,
  });
});

Deno.test("parseTuningConfig() takes the address from who comes first", () => {
  const [own, fromArgs, fromRuntime] = MACS;
  const fromCni = "02:00:00:00:00:04";
  const macOf = (keys: JsonObject, args = "") =>
    parseTuningConfig(requestWith(keys, { args })).attributes.mac;
  assertEquals(macOf({ mac: own! }), own);
  assertEquals(macOf({ mac: own! }, `MAC=${fromArgs}`), fromArgs);
  const runtimeConfig = { mac: fromRuntime! };
  const withRuntime = { mac: own!, runtimeConfig };
  assertEquals(macOf(withRuntime, `MAC=${fromArgs}`), fromRuntime);
  const all = { ...withRuntime, args: { cni: { mac: fromCni } } };
  assertEquals(macOf(all, `MAC=${fromArgs}`), fromCni);
});

/** Keys that will not do, and the key that the error names. */
const BAD: Readonly<Record<string, readonly [JsonObject, string]>> = {
  "mac is none": [{ mac: "hello" }, "mac"],
  "mac is a number": [{ mac: 2 }, "mac"],
  "mac is multicast": [{ mac: "01:00:5e:00:00:01" }, "mac"],
  "mac is all zeros": [{ mac: "00:00:00:00:00:00" }, "mac"],
  "mac has 8 octets": [{ mac: "02:00:00:00:00:00:00:01" }, "mac"],
  "the runtime's mac is none": [
    { runtimeConfig: { mac: "x" } },
    "runtimeConfig.mac",
  ],
  "args.cni.mac is none": [{ args: { cni: { mac: "x" } } }, "args.cni.mac"],
  "a bad mac is beaten by a good one": [
    { mac: "x", runtimeConfig: { mac: MACS[0]! } },
    "mac",
  ],
  "runtimeConfig is a list": [{ runtimeConfig: [] }, "runtimeConfig"],
  "args is a text": [{ args: "x" }, "args"],
  "args.cni is a text": [{ args: { cni: "x" } }, "args.cni"],
  "mtu is a text": [{ mtu: "1400" }, "mtu"],
  "mtu is negative": [{ mtu: -1 }, "mtu"],
  "mtu is no whole number": [{ mtu: 1.5 }, "mtu"],
  "mtu is too large": [{ mtu: 65537 }, "mtu"],
  "args.cni.mtu is negative": [{ args: { cni: { mtu: -1 } } }, "args.cni.mtu"],
  "promisc is a text": [{ promisc: "true" }, "promisc"],
  "allmulti is a number": [{ allmulti: 1 }, "allmulti"],
  "txQLen is negative": [{ txQLen: -1 }, "txQLen"],
  "txQLen is too large": [{ txQLen: 4294967296 }, "txQLen"],
  "txQLen is a text": [{ txQLen: "5" }, "txQLen"],
  "dataDir is a number": [{ dataDir: 5 }, "dataDir"],
  "sysctl is a list": [{ sysctl: [] }, "sysctl"],
  "args.cni.sysctl is a list": [
    { args: { cni: { sysctl: [] } } },
    "args.cni.sysctl",
  ],
};

Deno.test("parseTuningConfig() refuses what will not do", async (t) => {
  for (const [why, [keys, key]] of Object.entries(BAD)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => parseTuningConfig(requestWith(keys)),
        CniError,
      );
      assertEquals(error.code, CniCode.InvalidConfig);
      assertEquals(error.details.split(" ")[0], key);
    });
  }
});

Deno.test("parseTuningConfig() refuses bad CNI_ARGS", async (t) => {
  const cases = {
    "an unknown name": ["FOO=1", CniCode.InvalidEnvironment],
    "no pair": ["MAC", CniCode.InvalidEnvironment],
    "MAC is none": ["MAC=x", CniCode.InvalidConfig],
  } as const;
  for (const [why, [args, code]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(
        () => parseTuningConfig(requestWith({}, { args })),
        CniError,
      );
      assertEquals(error.code, code);
    });
  }
});

Deno.test("requirePrevResult() needs the plugin to be chained", () => {
  const error = assertThrows(
    () => requirePrevResult(requestWith({ mtu: 1400 })),
    CniError,
  );
  assertEquals(error.code, CniCode.InvalidConfig);
});
