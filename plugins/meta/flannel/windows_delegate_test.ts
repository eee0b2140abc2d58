import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { DUAL_SUBNET, flannelConfig, SUBNET } from "./_testing.ts";
import { formatDelegate } from "./delegate_text.ts";
import type { SubnetEnv } from "./subnet_env.ts";
import { windowsDelegate } from "./windows_delegate.ts";

function textFor(keys: JsonObject, subnet: SubnetEnv = SUBNET): string {
  return formatDelegate(windowsDelegate(flannelConfig(keys), subnet));
}

Deno.test("windowsDelegate() makes what the reference makes", async (t) => {
  const cases: Record<string, readonly [JsonObject, string, SubnetEnv?]> = {
    "nothing but a name": [
      {},
      '{"cniVersion":"0.2.0","ipMasq":true,"ipMasqNetwork":"10.1.0.0/16","ipam":{"subnet":"10.1.17.0/24","type":"host-local"},"name":"n1","type":"win-bridge"}',
    ],
    "IPv4 of both families, and the first network": [
      { cniVersion: "1.0.0" },
      '{"cniVersion":"1.0.0","ipMasq":false,"ipMasqNetwork":"10.1.0.0/16","ipam":{"subnet":"10.1.17.0/24","type":"host-local"},"name":"n1","type":"win-bridge"}',
      {
        ...DUAL_SUBNET,
        networks: ["10.1.0.0/16", "10.2.0.0/16"],
        ipMasq: false,
      },
    ],
    "the user's keys, of which some do not count": [
      {
        cniVersion: "0.3.1",
        ipam: { type: "other", routes: "odd" },
        runtimeConfig: { dns: {} },
        delegate: {
          type: "win-overlay",
          cniVersion: "0.1.0",
          ipMasq: false,
          ipMasqNetwork: "x",
          mtu: 1400,
          policies: [{ name: "EndpointPolicy", value: { b: 1, a: 2 } }],
        },
      },
      '{"cniVersion":"0.3.1","ipMasq":true,"ipMasqNetwork":"10.1.0.0/16","ipam":{"subnet":"10.1.17.0/24","type":"host-local"},"mtu":1400,"name":"n1","policies":[{"name":"EndpointPolicy","value":{"a":2,"b":1}}],"runtimeConfig":{"dns":{}},"type":"win-overlay"}',
    ],
  };
  for (const [why, [keys, expected, subnet]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(textFor(keys, subnet), expected));
  }
});

Deno.test("windowsDelegate() refuses what it cannot work with", async (t) => {
  const { subnet: _, ...noSubnet } = SUBNET;
  const cases: Record<string, readonly [JsonObject, SubnetEnv, string]> = {
    "a name": [{ delegate: { name: "x" } }, SUBNET, "'name'"],
    "ipam": [{ delegate: { ipam: {} } }, SUBNET, "'ipam'"],
    "type is a number": [{ delegate: { type: 1 } }, SUBNET, "'type'"],
    "no IPv4 network": [{}, { ...SUBNET, networks: [] }, "FLANNEL_NETWORK"],
    "no IPv4 subnet": [{}, noSubnet, "FLANNEL_SUBNET"],
  };
  for (const [why, [keys, subnet, fragment]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => textFor(keys, subnet), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.message, fragment);
    });
  }
});
