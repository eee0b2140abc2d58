import { assertEquals, assertStringIncludes } from "@std/assert";
import { dispatch, type Reply } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { sample } from "./sample.ts";

const PREV_RESULT = {
  cniVersion: "1.1.0",
  interfaces: [{ name: "eth0", sandbox: "/run/netns/none" }],
  ips: [{ address: "10.1.2.3/24", interface: 0 }],
  routes: [{ dst: "0.0.0.0/0", gw: "10.1.2.1" }],
  dns: { nameservers: ["10.0.0.9"] },
};

function call(command: string, keys: JsonObject = {}): Promise<Reply> {
  const environment = {
    command,
    containerId: "c1",
    netns: "/run/netns/none",
    ifname: "eth0",
    args: "",
    path: "/nowhere",
    netnsOverride: "",
  };
  const config = {
    cniVersion: "1.1.0",
    name: "n1",
    type: "sample",
    anotherAwesomeArg: "hello",
    prevResult: PREV_RESULT,
    ...keys,
  };
  return dispatch(sample, environment, {
    readStdin: () => Promise.resolve(JSON.stringify(config)),
    context: {
      delegate: () => Promise.reject(new Error("sample delegates nothing")),
      preload: () => {},
      isForeign: () => false,
      warn: () => {},
    },
  });
}

const SUCCESS = { status: 0, stdout: "", stderr: "" };

Deno.test("sample ADD returns prevResult", async () => {
  const { status, stdout } = await call("ADD", {
    myAwesomeFlag: true,
    runtimeConfig: { sample: { any: 1 } },
  });
  assertEquals([status, JSON.parse(stdout)], [0, PREV_RESULT]);
});

Deno.test("sample ADD returns prevResult in the oldest versions", async () => {
  const prevResult = { cniVersion: "0.2.0", ip4: { ip: "10.1.2.3/24" } };
  const { stdout } = await call("ADD", { cniVersion: "0.2.0", prevResult });
  assertEquals(JSON.parse(stdout), { ...prevResult, dns: {} });
});

Deno.test("sample refuses a configuration that will not do", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "no anotherAwesomeArg": [
      { anotherAwesomeArg: null },
      "anotherAwesomeArg must be specified",
    ],
    "anotherAwesomeArg is empty": [
      { anotherAwesomeArg: "" },
      "anotherAwesomeArg must be specified",
    ],
    "anotherAwesomeArg is a number": [
      { anotherAwesomeArg: 1 },
      "anotherAwesomeArg",
    ],
    "myAwesomeFlag is a text": [{ myAwesomeFlag: "yes" }, "myAwesomeFlag"],
    "not in a chain": [
      { prevResult: null },
      "must be called as chained plugin",
    ],
    "no address": [{ prevResult: { ips: [] } }, "got no container IPs"],
  };
  for (const [why, [keys, fragment]] of Object.entries(cases)) {
    await t.step(why, async () => {
      for (const command of ["ADD", "CHECK"]) {
        const { status, stdout } = await call(command, keys);
        const { code, msg } = JSON.parse(stdout);
        assertEquals([status, code], [1, 7]);
        assertStringIncludes(msg, fragment);
      }
    });
  }
});

Deno.test("sample CHECK, STATUS and GC accept what ADD accepts", async () => {
  for (const command of ["CHECK", "STATUS", "GC"]) {
    assertEquals(await call(command), SUCCESS);
  }
});

Deno.test("sample DEL needs no key", async () => {
  const keys = { anotherAwesomeArg: null, prevResult: null };
  assertEquals(await call("DEL", keys), SUCCESS);
});
