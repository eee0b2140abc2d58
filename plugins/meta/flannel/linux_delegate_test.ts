import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { DUAL_SUBNET, flannelConfig, SUBNET } from "./_testing.ts";
import { formatDelegate } from "./delegate_text.ts";
import { linuxDelegate } from "./linux_delegate.ts";
import type { SubnetEnv } from "./subnet_env.ts";

function textFor(keys: JsonObject, subnet: SubnetEnv = SUBNET): string {
  return formatDelegate(linuxDelegate(flannelConfig(keys), subnet));
}

// What the reference saves and sends, byte for byte.
Deno.test("linuxDelegate() makes what the reference makes", async (t) => {
  const cases: Record<string, readonly [JsonObject, string, SubnetEnv?]> = {
    "nothing but a name": [
      {},
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
    ],
    "both families": [
      { cniVersion: "1.0.0" },
      '{"cniVersion":"1.0.0","ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}],[{"subnet":"fc00::/64"}]],"routes":[{"dst":"10.1.0.0/16"},{"dst":"fc00::/48"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
      DUAL_SUBNET,
    ],
    "IPv6 alone, flanneld does not masquerade": [
      {},
      '{"ipMasq":true,"ipam":{"ranges":[[{"subnet":"fc00::/64"}]],"routes":[{"dst":"fc00::/48"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
      {
        networks: [],
        ipv6Networks: ["fc00::/48"],
        ipv6Subnet: "fc00::/64",
        mtuBytes: 1472,
        ipMasq: false,
      },
    ],
    "several networks": [
      {},
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"},{"dst":"10.2.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
      { ...SUBNET, networks: ["10.1.0.0/16", "10.2.0.0/16"] },
    ],
    "the configuration of most clusters": [
      {
        cniVersion: "0.3.1",
        name: "cbr0",
        delegate: { hairpinMode: true, isDefaultGateway: true },
      },
      '{"cniVersion":"0.3.1","hairpinMode":true,"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isDefaultGateway":true,"isGateway":true,"mtu":1472,"name":"cbr0","type":"bridge"}',
    ],
    "what the user gives stays": [
      {
        delegate: {
          bridge: "mynet0",
          mtu: 1400,
          ipMasq: "odd",
          isGateway: false,
          cniVersion: "0.4.0",
          z: { b: [1, { d: 1, c: null }], a: "<&>" },
        },
      },
      '{"bridge":"mynet0","cniVersion":"0.4.0","ipMasq":"odd","ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":false,"mtu":1400,"name":"n1","type":"bridge","z":{"a":"\\u003c\\u0026\\u003e","b":[1,{"c":null,"d":1}]}}',
    ],
    "null counts as given": [
      { delegate: { mtu: null, ipMasq: null, isGateway: null } },
      '{"ipMasq":null,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":null,"mtu":null,"name":"n1","type":"bridge"}',
    ],
    "another type is no gateway": [
      { delegate: { type: "ipvlan", master: "eth0" } },
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"master":"eth0","mtu":1472,"name":"n1","type":"ipvlan"}',
    ],
    "flannel's version beats the delegate's": [
      { cniVersion: "1.0.0", delegate: { cniVersion: "0.4.0" } },
      '{"cniVersion":"1.0.0","ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
    ],
    "an ipam section of the user's": [
      {
        ipam: {
          type: "my-ipam",
          dataDir: "/d",
          ranges: [[{ subnet: "9.9.9.0/24" }]],
          subnet: "8.8.8.0/24",
          routes: [
            { GW: "10.1.17.9", dst: "10.9.1.2/16", x: 1, mtu: 0, scope: 0 },
            { table: 7, priority: 5, dst: "FC00:1::/32", advmss: 1400 },
          ],
        },
      },
      '{"ipMasq":false,"ipam":{"dataDir":"/d","ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.9.1.2/16","gw":"10.1.17.9","scope":0},{"dst":"fc00:1::/32","advmss":1400,"priority":5,"table":7},{"dst":"10.1.0.0/16"}],"subnet":"8.8.8.0/24","type":"my-ipam"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
    ],
    "routes that are null": [
      { ipam: { routes: null, type: null } },
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":null},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
    ],
    "runtimeConfig replaces the delegate's": [
      {
        runtimeConfig: { mac: "02:00:00:00:00:01" },
        delegate: { runtimeConfig: { ips: [] } },
      },
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","runtimeConfig":{"mac":"02:00:00:00:00:01"},"type":"bridge"}',
    ],
    "runtimeConfig that is null does not": [
      { runtimeConfig: null, delegate: { runtimeConfig: { ips: [] } } },
      '{"ipMasq":false,"ipam":{"ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","runtimeConfig":{"ips":[]},"type":"bridge"}',
    ],
    "keys of its own in other letters, and some that are not passed on": [
      {
        DELEGATE: { bridge: "b0" },
        Ipam: { dataDir: "/d" },
        dns: { nameservers: ["10.0.0.9"] },
        capabilities: { portMappings: true },
        args: { cni: {} },
        delegateX: 1,
      },
      '{"bridge":"b0","ipMasq":false,"ipam":{"dataDir":"/d","ranges":[[{"subnet":"10.1.17.0/24"}]],"routes":[{"dst":"10.1.0.0/16"}],"type":"host-local"},"isGateway":true,"mtu":1472,"name":"n1","type":"bridge"}',
    ],
  };
  for (const [why, [keys, expected, subnet]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(textFor(keys, subnet), expected));
  }
});

Deno.test("linuxDelegate() adds no second route to a destination", async (t) => {
  const own = { dst: "10.1.0.0/16" };
  const cases: Record<string, readonly [JsonObject, readonly JsonObject[]]> = {
    "by a gateway": [{ ...own, gw: "10.1.17.9" }, []],
    "with host bits": [{ dst: "10.1.2.3/16" }, []],
    "in the main table by its number": [{ ...own, table: 254 }, []],
    "in another table": [{ ...own, table: 7 }, [own]],
    "of another metric": [{ ...own, priority: 9 }, [own]],
    "to a part of it": [{ dst: "10.1.0.0/17" }, [own]],
  };
  for (const [why, [route, added]] of Object.entries(cases)) {
    await t.step(why, () => {
      const config = flannelConfig({ ipam: { routes: [route] } });
      const { ipam } = linuxDelegate(config, SUBNET);
      const { routes } = ipam as { routes: readonly JsonObject[] };
      assertEquals(routes.slice(1), added);
    });
  }
});

Deno.test("linuxDelegate() refuses what flannel sets by itself", async (t) => {
  const mustHave =
    "'delegate' dictionary, if present, must have (string) 'type' field";
  const mustNot = (key: string) =>
    `'delegate' dictionary must not have '${key}' field, it'll be set by flannel`;
  const cases: Record<string, readonly [JsonObject, string]> = {
    "type is a number": [{ delegate: { type: 1 } }, mustHave],
    "type is null": [{ delegate: { type: null, name: "x" } }, mustHave],
    "a name": [{ delegate: { name: "x", ipam: {} } }, mustNot("name")],
    "a name that is null": [{ delegate: { name: null } }, mustNot("name")],
    "ipam": [{ delegate: { ipam: {} } }, mustNot("ipam")],
    "a route that goes nowhere": [
      { ipam: { routes: [{ gw: "10.0.0.1" }] } },
      "ipam.routes[0].dst",
    ],
    "a route that is none": [{ ipam: { routes: [null] } }, "ipam.routes[0]"],
    "routes that are no list": [{ ipam: { routes: {} } }, "ipam.routes"],
    "delegate is a list": [{ delegate: [] }, "delegate"],
    "delegate is a text": [{ delegate: "bridge" }, "delegate"],
    "ipam is a text": [{ ipam: "host-local" }, "ipam"],
    "runtimeConfig is a text": [{ runtimeConfig: "x" }, "runtimeConfig"],
    "no subnet file": [{ subnetFile: "" }, "subnetFile"],
    "subnetFile is a number": [{ subnetFile: 1 }, "subnetFile"],
    "no folder": [{ dataDir: "" }, "dataDir"],
    "stateDir is a number": [{ stateDir: 1 }, "stateDir"],
  };
  for (const [why, [keys, fragment]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => textFor(keys), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.message, fragment);
    });
  }
});
