import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { formatJson, formatJsonLine } from "./json.ts";
import { resultToJson } from "./print_result.ts";
import type { Dns, Result } from "./result.ts";
import { SPEC_VERSIONS } from "./version.ts";

const RESULT: Result = {
  interfaces: [
    { name: "cni0", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/a" },
  ],
  ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 1 }],
  routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }],
};

Deno.test("resultToJson() prints 1.x byte for byte, keys in order", () => {
  assertEquals(
    formatJson(resultToJson(RESULT, "1.0.0")),
    `{
    "cniVersion": "1.0.0",
    "interfaces": [
        {
            "mac": "02:00:00:00:00:01",
            "name": "cni0"
        },
        {
            "mac": "02:00:00:00:00:02",
            "name": "eth0",
            "sandbox": "/run/netns/a"
        }
    ],
    "ips": [
        {
            "address": "10.0.0.2/24",
            "gateway": "10.0.0.1",
            "interface": 1
        }
    ],
    "routes": [
        {
            "dst": "0.0.0.0/0",
            "gw": "10.0.0.1"
        }
    ]
}`,
  );
});

Deno.test("resultToJson() prints 0.3.0 to 0.4.0 byte for byte", () => {
  assertEquals(
    formatJson(resultToJson(RESULT, "0.4.0")),
    `{
    "cniVersion": "0.4.0",
    "interfaces": [
        {
            "name": "cni0",
            "mac": "02:00:00:00:00:01"
        },
        {
            "name": "eth0",
            "mac": "02:00:00:00:00:02",
            "sandbox": "/run/netns/a"
        }
    ],
    "ips": [
        {
            "version": "4",
            "interface": 1,
            "address": "10.0.0.2/24",
            "gateway": "10.0.0.1"
        }
    ],
    "routes": [
        {
            "dst": "0.0.0.0/0",
            "gw": "10.0.0.1"
        }
    ],
    "dns": {}
}`,
  );
});

Deno.test("resultToJson() prints 0.1.0 and 0.2.0 byte for byte", () => {
  assertEquals(
    formatJson(resultToJson(RESULT, "0.2.0")),
    `{
    "cniVersion": "0.2.0",
    "ip4": {
        "ip": "10.0.0.2/24",
        "gateway": "10.0.0.1",
        "routes": [
            {
                "dst": "0.0.0.0/0",
                "gw": "10.0.0.1"
            }
        ]
    },
    "dns": {}
}`,
  );
});

Deno.test("resultToJson() prints every key of 1.1.0", () => {
  const result: Result = {
    dns: { options: ["o"], search: ["s"], domain: "d", nameservers: ["n"] },
    routes: [{
      scope: 0,
      table: 0,
      priority: 1,
      advmss: 2,
      mtu: 3,
      gw: "10.0.0.1",
      dst: "0.0.0.0/0",
    }],
    ips: [{ interface: -1, gateway: "10.0.0.1", address: "10.0.0.2/24" }],
    interfaces: [{
      socketPath: "/s",
      sandbox: "/n",
      pciID: "p",
      name: "e",
      mtu: 1500,
      mac: "m",
    }],
  };
  assertEquals(
    formatJsonLine(resultToJson(result, "1.1.0")),
    '{"cniVersion":"1.1.0",' +
      '"dns":{"domain":"d","nameservers":["n"],"options":["o"],"search":["s"]},' +
      '"interfaces":[{"mac":"m","mtu":1500,"name":"e","pciID":"p",' +
      '"sandbox":"/n","socketPath":"/s"}],' +
      '"ips":[{"address":"10.0.0.2/24","gateway":"10.0.0.1","interface":-1}],' +
      '"routes":[{"advmss":2,"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":3,' +
      '"priority":1,"scope":0,"table":0}]}',
  );
  assertEquals(
    formatJsonLine(resultToJson(result, "0.3.1")),
    '{"cniVersion":"0.3.1",' +
      '"interfaces":[{"name":"e","mac":"m","sandbox":"/n"}],' +
      '"ips":[{"version":"4","interface":-1,"address":"10.0.0.2/24",' +
      '"gateway":"10.0.0.1"}],' +
      '"routes":[{"dst":"0.0.0.0/0","gw":"10.0.0.1","mtu":3,"advmss":2,' +
      '"priority":1,"table":0,"scope":0}],' +
      '"dns":{"nameservers":["n"],"domain":"d","search":["s"],"options":["o"]}}',
  );
});

Deno.test("resultToJson() omits what is empty, in every version", () => {
  const result: Result = {
    interfaces: [{ name: "", mac: "", mtu: 0, sandbox: "" }],
    ips: [{ address: "10.0.0.2/24" }],
    routes: [{ dst: "10.0.0.0/8", mtu: 0, advmss: 0, priority: 0 }],
    dns: { nameservers: [], domain: "", search: [], options: [] },
  };
  const texts = ["0.2.0", "0.4.0", "1.1.0"].map((version) =>
    formatJsonLine(resultToJson(result, version))
  );
  assertEquals(texts, [
    '{"cniVersion":"0.2.0","ip4":{"ip":"10.0.0.2/24",' +
    '"routes":[{"dst":"10.0.0.0/8"}]},"dns":{}}',
    '{"cniVersion":"0.4.0","interfaces":[{"name":""}],' +
    '"ips":[{"version":"4","address":"10.0.0.2/24"}],' +
    '"routes":[{"dst":"10.0.0.0/8"}],"dns":{}}',
    '{"cniVersion":"1.1.0","interfaces":[{"name":""}],' +
    '"ips":[{"address":"10.0.0.2/24"}],"routes":[{"dst":"10.0.0.0/8"}]}',
  ]);
});

Deno.test("resultToJson() prints an empty dns to 0.4.0 and none from 1.0.0 on", () => {
  const ips = [{ address: "10.0.0.2/24" }];
  const shown = (dns?: Dns) =>
    SPEC_VERSIONS.map((version) =>
      resultToJson(dns === undefined ? { ips } : { ips, dns }, version).dns
    );
  const empty = [{}, {}, {}, {}, {}, undefined, undefined];
  assertEquals(shown(), empty);
  assertEquals(shown({}), empty);
  assertEquals(shown({ domain: "d" }), Array(7).fill({ domain: "d" }));
});

Deno.test("resultToJson() has nothing but the version for an empty result", () => {
  const results = SPEC_VERSIONS.slice(2).map((version) =>
    formatJsonLine(resultToJson({}, version))
  );
  assertEquals(results, [
    '{"cniVersion":"0.3.0","dns":{}}',
    '{"cniVersion":"0.3.1","dns":{}}',
    '{"cniVersion":"0.4.0","dns":{}}',
    '{"cniVersion":"1.0.0"}',
    '{"cniVersion":"1.1.0"}',
  ]);
});

Deno.test("resultToJson() cannot do without an address to 0.2.0", () => {
  for (const version of ["0.1.0", "0.2.0"]) {
    for (const result of [{}, { interfaces: RESULT.interfaces! }]) {
      assertRefuses(
        () => resultToJson(result, version),
        CniCode.IncompatibleVersion,
        "cannot convert: no valid IP addresses",
        `cniVersion is "${version}"`,
        "use 0.3.0 or newer",
      );
    }
  }
});

Deno.test("resultToJson() refuses versions that were never published", () => {
  for (const version of ["", "1.1", "2.0.0"]) {
    const act = () => resultToJson(RESULT, version);
    assertRefuses(act, CniCode.IncompatibleVersion, `"${version}"`);
  }
});
