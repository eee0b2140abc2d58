import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { Fields } from "./fields.ts";
import type { JsonObject } from "./json.ts";
import { parseDns, parseResult, parseRoute } from "./parse_result.ts";
import type { Result } from "./result.ts";
import { resultFamilyOf, versionsOfFamily } from "./result_family.ts";
import { SPEC_VERSIONS } from "./version.ts";

Deno.test("parseResult() reads every key of 1.0.0 and 1.1.0", () => {
  const body = {
    interfaces: [
      { name: "cni0", mac: "02:00:00:00:00:01" },
      {
        name: "eth0",
        mac: "02:00:00:00:00:02",
        mtu: 1450,
        sandbox: "/run/netns/a",
        socketPath: "/run/vhost.sock",
        pciID: "0000:00:1f.6",
      },
    ],
    ips: [
      { address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 1 },
      { address: "fd00::2/64" },
    ],
    routes: [
      {
        dst: "0.0.0.0/0",
        gw: "10.0.0.1",
        mtu: 1400,
        advmss: 1360,
        priority: 100,
        table: 254,
        scope: 253,
      },
      { dst: "fd01::/64" },
    ],
    dns: {
      nameservers: ["10.0.0.1"],
      domain: "example",
      search: ["a", "b"],
      options: ["ndots:2"],
    },
  } satisfies Result;
  for (const cniVersion of ["1.0.0", "1.1.0"]) {
    assertEquals(parseResult({ cniVersion, ...body }, cniVersion), body);
  }
});

Deno.test("parseResult() reads 0.3.0 to 0.4.0, whose addresses bear a version", () => {
  const object = {
    interfaces: [{ name: "eth0", mac: "m", sandbox: "/s" }],
    ips: [
      {
        version: "4",
        interface: 0,
        address: "10.0.0.2/24",
        gateway: "10.0.0.1",
      },
      { version: "6", address: "fd00::2/64" },
    ],
    routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1", mtu: 1400, table: 0 }],
    dns: {},
  };
  for (const cniVersion of ["0.3.0", "0.3.1", "0.4.0"]) {
    assertEquals(parseResult({ cniVersion, ...object }, cniVersion), {
      interfaces: [{ name: "eth0", mac: "m", sandbox: "/s" }],
      ips: [
        { address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 0 },
        { address: "fd00::2/64" },
      ],
      routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1", mtu: 1400, table: 0 }],
    });
  }
});

Deno.test("parseResult() reads 0.1.0 and 0.2.0, IPv4 first", () => {
  const object = {
    ip6: {
      ip: "fd00::2/64",
      gateway: "fd00::1",
      routes: [{ dst: "::/0", gw: "fd00::1" }],
    },
    ip4: { ip: "10.0.0.2/24", routes: [{ dst: "0.0.0.0/0", priority: 5 }] },
    dns: { nameservers: ["10.0.0.1"] },
  };
  for (const cniVersion of ["0.1.0", "0.2.0", "", null, undefined]) {
    assertEquals(parseResult({ ...object, cniVersion }, "0.2.0"), {
      ips: [
        { address: "10.0.0.2/24" },
        { address: "fd00::2/64", gateway: "fd00::1" },
      ],
      routes: [
        { dst: "0.0.0.0/0", priority: 5 },
        { dst: "::/0", gw: "fd00::1" },
      ],
      dns: { nameservers: ["10.0.0.1"] },
    });
  }
});

Deno.test("parseResult() needs a result of the shape that is asked for", async (t) => {
  for (const expected of SPEC_VERSIONS) {
    const family = versionsOfFamily(resultFamilyOf(expected));
    for (const own of SPEC_VERSIONS) {
      await t.step(`${own} where ${expected} is expected`, () => {
        const act = () => parseResult({ cniVersion: own }, expected);
        if (family.includes(own)) return assertEquals(act(), {});
        assertRefuses(
          act,
          CniCode.IncompatibleVersion,
          `result type supports [${family.join(" ")}]`,
          `unmarshalled CNIVersion is "${own}"`,
          `asks for version ${expected}`,
        );
      });
    }
  }
});

Deno.test("parseResult() needs a version from 0.3.0 on", () => {
  for (const expected of SPEC_VERSIONS.slice(2)) {
    for (const cniVersion of ["", undefined, "1.1", "banana"]) {
      const act = () => parseResult({ cniVersion }, expected);
      assertRefuses(act, CniCode.IncompatibleVersion, "result type supports");
    }
  }
});

Deno.test("parseResult() refuses to expect an unknown version", () => {
  const act = () => parseResult({ cniVersion: "2.0.0" }, "2.0.0");
  assertRefuses(act, CniCode.IncompatibleVersion, '"2.0.0"');
});

Deno.test("parseResult() leaves out what says nothing", async (t) => {
  const cases: Record<string, JsonObject> = {
    "no keys": {},
    "null": { interfaces: null, ips: null, routes: null, dns: null },
    "empty": { interfaces: [], ips: [], routes: [], dns: {} },
    "empty inside": { dns: { nameservers: [], domain: "", search: null } },
    "unknown keys": { ip4: { ip: "10.0.0.2/24" }, extra: [1] },
  };
  for (const [why, object] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(
        parseResult({ cniVersion: "1.1.0", ...object }, "1.1.0"),
        {},
      );
    });
  }
});

Deno.test("parseResult() drops unknown and neutral keys inside", () => {
  const object = {
    cniVersion: "1.1.0",
    interfaces: [{
      name: "e",
      mac: "",
      mtu: 0,
      sandbox: "",
      socketPath: "",
      pciID: "",
      speed: 10,
    }, {}],
    ips: [{ address: "10.0.0.2/24", gateway: "", interface: null, x: 1 }],
    routes: [{
      dst: "10.0.0.0/8",
      gw: "",
      mtu: 0,
      advmss: 0,
      priority: 0,
      x: 1,
    }],
  };
  assertEquals(parseResult(object, "1.1.0"), {
    interfaces: [{ name: "e" }, { name: "" }],
    ips: [{ address: "10.0.0.2/24" }],
    routes: [{ dst: "10.0.0.0/8" }],
  });
});

Deno.test("parseResult() keeps an interface of 0 and of -1", () => {
  const ips = [0, -1, 7].map((index) => ({
    address: "10.0.0.2/24",
    interface: index,
  }));
  for (const cniVersion of ["0.4.0", "1.1.0"]) {
    assertEquals(parseResult({ cniVersion, ips }, cniVersion), { ips });
  }
});

Deno.test("parseResult() matches keys without regard to case", () => {
  const object = {
    CNIVersion: "1.0.0",
    IPs: [{ Address: "10.0.0.2/24", Gateway: "10.0.0.1" }],
  };
  assertEquals(parseResult(object, "1.0.0"), {
    ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1" }],
  });
});

Deno.test("parseResult() writes addresses alike, host bits kept", () => {
  const read = (address: string, gateway?: string) =>
    parseResult({ cniVersion: "1.0.0", ips: [{ address, gateway }] }, "1.0.0");
  assertEquals(read("10.1.2.3/8"), { ips: [{ address: "10.1.2.3/8" }] });
  assertEquals(read("FD00:0::2/64", "fd00:0:0::1"), {
    ips: [{ address: "fd00::2/64", gateway: "fd00::1" }],
  });
  assertEquals(read("::ffff:9.9.9.9/120"), {
    ips: [{ address: "9.9.9.9/24" }],
  });
});

Deno.test("parseResult() refuses values, naming where they stand", async (t) => {
  const cases: Record<string, readonly [JsonObject, ...string[]]> = {
    "address missing": [
      { ips: [{ address: "10.0.0.2/24" }, {}] },
      "r.ips[1].address is nothing",
      "such as 10.0.0.1/24",
    ],
    "address null": [{ ips: [{ address: null }] }, "r.ips[0].address is null"],
    "address empty": [{ ips: [{ address: "" }] }, 'r.ips[0].address is ""'],
    "address without length": [
      { ips: [{ address: "10.0.0.2" }] },
      'r.ips[0].address is "10.0.0.2"',
    ],
    "address with leading zero": [
      { ips: [{ address: "01.2.3.4/8" }] },
      'r.ips[0].address is "01.2.3.4/8"',
    ],
    "address that Go printed for none": [
      { ips: [{ address: "<nil>" }] },
      'r.ips[0].address is "<nil>"',
    ],
    "gateway with a length": [
      { ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1/24" }] },
      'r.ips[0].gateway is "10.0.0.1/24"',
      "such as 10.0.0.1",
    ],
    "interface as text": [
      { ips: [{ address: "10.0.0.2/24", interface: "0" }] },
      'r.ips[0].interface is "0"',
    ],
    "interface with a fraction": [
      { ips: [{ address: "10.0.0.2/24", interface: 1.5 }] },
      "r.ips[0].interface is 1.5",
    ],
    "null for an address object": [{ ips: [null] }, "r.ips[0] is null"],
    "null for an interface": [{ interfaces: [{}, null] }, "r.interfaces[1]"],
    "null for a route": [{ routes: [null] }, "r.routes[0] is null"],
    "destination missing": [{ routes: [{}] }, "r.routes[0].dst is nothing"],
    "mtu as text": [
      { interfaces: [{ name: "e", mtu: "1500" }] },
      'r.interfaces[0].mtu is "1500"',
    ],
    "lists of another type": [{ ips: {} }, "r.ips is {}"],
    "dns of another type": [{ dns: [] }, "r.dns is []"],
    "nameservers of another type": [
      { dns: { nameservers: [1] } },
      "r.dns.nameservers[0] is 1",
    ],
  };
  for (const [why, [object, ...said]] of Object.entries(cases)) {
    await t.step(why, () => {
      const result = { cniVersion: "1.1.0", ...object };
      const act = () => parseResult(result, "1.1.0", "r");
      assertRefuses(act, CniCode.InvalidConfig, ...said);
    });
  }
});

Deno.test("parseResult() refuses bad values of the oldest shape", () => {
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ ip4: {} }, "ip4.ip is nothing"],
    [{ ip4: "10.0.0.2/24" }, 'ip4 is "10.0.0.2/24"'],
    [{ ip6: { ip: "fd00::2" } }, 'ip6.ip is "fd00::2"'],
    [
      { ip4: { ip: "10.0.0.2/24", routes: [{ dst: "x" }] } },
      'ip4.routes[0].dst is "x"',
    ],
  ];
  for (const [object, said] of cases) {
    const act = () => parseResult(object, "0.2.0");
    assertRefuses(act, CniCode.InvalidConfig, said);
  }
});

Deno.test("parseRoute() keeps table 0 and scope 0, which have a meaning", () => {
  const zeros = { mtu: 0, advmss: 0, priority: 0, table: 0, scope: 0 };
  const route = parseRoute(new Fields({ dst: "10.0.0.0/8", ...zeros }));
  assertEquals(route, { dst: "10.0.0.0/8", table: 0, scope: 0 });
});

Deno.test("parseRoute() names the key from the top", () => {
  const fields = new Fields({ dst: "10.0.0.0/8", gw: "x" }, "ipam.routes[0]");
  const said = 'ipam.routes[0].gw is "x"';
  assertRefuses(() => parseRoute(fields), CniCode.InvalidConfig, said);
});

Deno.test("parseDns() leaves empty keys out", () => {
  const object = { nameservers: [], domain: "", search: ["a"], options: null };
  assertEquals(parseDns(new Fields(object)), { search: ["a"] });
});
