import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Reply } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, makeDataDir, type TestCall } from "./_call.ts";

const RANGES = [[{ subnet: "10.0.0.0/29" }]];

/** A network configuration whose state is in `dataDir`. */
function configOf(
  dataDir: string,
  { ipam, ...rest }: JsonObject & { readonly ipam?: JsonObject } = {},
): JsonObject {
  return {
    cniVersion: "1.0.0",
    name: "net1",
    ipam: { type: "host-local", dataDir, ranges: RANGES, ...ipam },
    ...rest,
  };
}

async function succeed(call: TestCall): Promise<string> {
  const reply = await callOurs(call);
  assertEquals([reply.status, reply.stderr], [0, ""], reply.stdout);
  return reply.stdout;
}

/** The error object that a call ends with. */
async function fail(call: TestCall): Promise<JsonObject> {
  const reply: Reply = await callOurs(call);
  assertEquals(reply.status, 1, reply.stdout);
  return JSON.parse(reply.stdout);
}

Deno.test("hostLocal ADD prints addresses, routes and DNS", async () => {
  using dataDir = makeDataDir();
  const resolvConf = `${dataDir.path}/resolv.conf`;
  Deno.writeTextFileSync(resolvConf, "nameserver 10.0.0.53\nsearch a.test\n");
  const routes = [{ dst: "0.0.0.0/0" }, { dst: "fd01::/64", gw: "fd00::9" }];
  const ranges = [...RANGES, [{ subnet: "fd00::/64", gateway: "fd00::99" }]];
  const ipam = { ranges, routes, resolvConf };
  const config = configOf(dataDir.path, { ipam });
  const text = await succeed({ command: "ADD", config });
  assertEquals(JSON.parse(text), {
    cniVersion: "1.0.0",
    ips: [
      { address: "10.0.0.2/29", gateway: "10.0.0.1" },
      { address: "fd00::1/64", gateway: "fd00::99" },
    ],
    routes,
    dns: { nameservers: ["10.0.0.53"], search: ["a.test"] },
  });
});

Deno.test("hostLocal ADD prints the form of the oldest version", async () => {
  using dataDir = makeDataDir();
  const ipam = { routes: [{ dst: "0.0.0.0/0", mtu: 1400 }] };
  const config = configOf(dataDir.path, { ipam, cniVersion: "0.2.0" });
  assertEquals(JSON.parse(await succeed({ command: "ADD", config })), {
    cniVersion: "0.2.0",
    ip4: {
      ip: "10.0.0.2/29",
      gateway: "10.0.0.1",
      routes: [{ dst: "0.0.0.0/0" }],
    },
    dns: {},
  });
});

Deno.test("hostLocal ADD takes addresses that the runtime asks for", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path, {
    runtimeConfig: { ips: ["10.0.0.4/29"] },
  });
  const first = JSON.parse(await succeed({ command: "ADD", config }));
  assertEquals(first.ips[0].address, "10.0.0.4/29");
  const second = JSON.parse(
    await succeed({
      command: "ADD",
      config: configOf(dataDir.path),
      containerId: "c2",
      args: "IgnoreUnknown=1;K8S_POD_NAME=p;IP=10.0.0.6",
    }),
  );
  assertEquals(second.ips[0].address, "10.0.0.6/29");
});

Deno.test("hostLocal gives each interface of a container its own", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path);
  await succeed({ command: "ADD", config });
  await succeed({ command: "ADD", config, ifname: "eth1" });
  await succeed({ command: "DEL", config });
  const files = filesBelow(dataDir.path);
  assertEquals(files["net1/10.0.0.2"], undefined);
  assertEquals(files["net1/10.0.0.3"], "c1\r\neth1");
});

Deno.test("hostLocal ADD that is refused leaves no trace", async (t) => {
  const cases: Record<
    string,
    Omit<TestCall, "command" | "config"> & JsonObject
  > = {
    "host bits": { ipam: { ranges: [[{ subnet: "10.0.0.1/29" }]] } },
    "quotes and braces": {
      ipam: { ranges: [[{ subnet: '10.0.0.0/29";{}' }]] },
    },
    "NUL in a path": { ipam: { dataDir: "/tmp/a\0b" } },
    "newline in a path": { ipam: { dataDir: "/tmp/a\nb" } },
    "network name that climbs": { name: "../net1" },
    "network name with NUL": { name: "net1\0" },
    "address in no range": { runtimeConfig: { ips: ["192.0.2.1"] } },
  };
  for (const [why, changes] of Object.entries(cases)) {
    await t.step(why, async () => {
      using dataDir = makeDataDir();
      const config = configOf(dataDir.path, changes);
      assertEquals((await fail({ command: "ADD", config })).code, 7);
      assertEquals([...Deno.readDirSync(dataDir.path)], []);
    });
  }
});

Deno.test("hostLocal ADD reads resolvConf before it makes anything", async () => {
  using dataDir = makeDataDir();
  const ipam = { resolvConf: "/nowhere/resolv.conf" };
  const config = configOf(dataDir.path, { ipam });
  const { code, msg } = await fail({ command: "ADD", config });
  assertEquals(code, 5);
  assertMatch(`${msg}`, /ipam\.resolvConf.*\/nowhere\/resolv\.conf/);
  assertEquals([...Deno.readDirSync(dataDir.path)], []);
});

Deno.test("hostLocal refuses a dataDir that is reached through a link", async () => {
  using dataDir = makeDataDir();
  using other = makeDataDir();
  Deno.symlinkSync(other.path, `${dataDir.path}/link`);
  const config = configOf(`${dataDir.path}/link/a`);
  for (const command of ["ADD", "CHECK", "DEL"] as const) {
    const { code, msg, details } = await fail({ command, config });
    assertEquals([code, msg], [7, "Cannot use ipam.dataDir"]);
    assertStringIncludes(`${details}`, `${dataDir.path}/link`);
  }
  assertEquals([...Deno.readDirSync(other.path)], []);
});

Deno.test({
  name: "hostLocal names folder, key and remedy when not permitted",
  permissions: { read: ["/tmp/cni-permitted"], write: ["/tmp/cni-permitted"] },
  fn: async () => {
    const config = configOf("/srv/cni-other");
    for (const command of ["ADD", "CHECK"] as const) {
      const { code, msg, details } = await fail({ command, config });
      assertEquals([code, msg], [7, "Cannot use ipam.dataDir"]);
      assertMatch(`${details}`, /make build STATE_DIRS=\/srv\/cni-other$/);
    }
    const ipam = { resolvConf: "/srv/resolv.conf" };
    const { code, msg, details } = await fail({
      command: "ADD",
      config: configOf("/tmp/cni-permitted", { ipam }),
    });
    assertEquals([code, msg], [7, "Cannot use ipam.resolvConf"]);
    assertStringIncludes(`${details}`, "READ_DIRS=/srv/resolv.conf");
  },
});

Deno.test("hostLocal CHECK finds the reservation, or names the container", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path);
  const { msg, details } = await fail({ command: "CHECK", config });
  assertEquals(msg, "Cannot find an address of container c1");
  assertStringIncludes(`${details}`, `${dataDir.path}/net1`);
  assertEquals([...Deno.readDirSync(dataDir.path)], []);
  await succeed({ command: "ADD", config });
  assertEquals(await succeed({ command: "CHECK", config }), "");
  await fail({ command: "CHECK", config, ifname: "eth1" });
  await fail({ command: "CHECK", config, containerId: "c" });
});

Deno.test("hostLocal CHECK compares prevResult with the reservations", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path);
  await succeed({ command: "ADD", config });
  const checkWith = (...addresses: string[]) => {
    const ips = addresses.map((address) => ({ address }));
    const prevResult = { cniVersion: "1.0.0", ips };
    return { command: "CHECK", config: { ...config, prevResult } } as const;
  };
  await succeed(checkWith("10.0.0.2/29"));
  // Another plugin of the chain gave the second.
  await succeed(checkWith("10.0.0.2/29", "192.0.2.7/24"));
  const { msg, details } = await fail(checkWith("10.0.0.3/29"));
  assertEquals(msg, "Cannot find the reservation of 10.0.0.3");
  assertStringIncludes(`${details}`, "10.0.0.2");
});

Deno.test("hostLocal DEL frees all of the interface, and may come again", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path);
  await succeed({ command: "ADD", config });
  for (const _time of ["first", "second"]) {
    assertEquals(await succeed({ command: "DEL", config }), "");
    assertEquals(filesBelow(dataDir.path), {
      "net1/last_reserved_ip.0": "10.0.0.2",
      "net1/lock": "",
    });
  }
});

Deno.test("hostLocal DEL makes no folder for a network it never saw", async () => {
  using dataDir = makeDataDir();
  const config = configOf(`${dataDir.path}/state`);
  await succeed({ command: "DEL", config });
  assertEquals([...Deno.readDirSync(dataDir.path)], []);
});

Deno.test("hostLocal DEL frees whatever else has gone bad", async (t) => {
  const cases: Record<string, [JsonObject, string?]> = {
    "ranges that overlap": [{ ranges: [...RANGES, ...RANGES] }],
    "ranges of another type": [{ ranges: 1 }],
    "no ranges": [{ ranges: [] }],
    "other ranges": [{ ranges: [[{ subnet: "10.9.0.0/24" }]] }],
    "CNI_ARGS": [{}, "IP=x;;"],
    "resolvConf": [{ resolvConf: "/nowhere" }],
  };
  for (const [why, [ipam, args = ""]] of Object.entries(cases)) {
    await t.step(why, async () => {
      using dataDir = makeDataDir();
      await succeed({ command: "ADD", config: configOf(dataDir.path) });
      const config = configOf(dataDir.path, { ipam });
      await succeed({ command: "DEL", config, args });
      assertEquals(filesBelow(dataDir.path)["net1/10.0.0.2"], undefined);
    });
  }
});

Deno.test("hostLocal DEL without ipam does not guess the folder", async () => {
  const config = { cniVersion: "1.0.0", name: "net1" };
  const { code, msg } = await fail({ command: "DEL", config });
  assertEquals([code, msg], [7, "IPAM config missing 'ipam' key"]);
});

Deno.test("hostLocal DEL leaves a hint that looks like its container's file", async () => {
  using dataDir = makeDataDir();
  const config = configOf(dataDir.path);
  const containerId = "10.0.0.2";
  await succeed({ command: "ADD", config, containerId });
  await succeed({ command: "DEL", config, containerId });
  await fail({ command: "CHECK", config, containerId });
  await succeed({ command: "DEL", config, containerId });
  assertEquals(filesBelow(dataDir.path), {
    "net1/last_reserved_ip.0": "10.0.0.2",
    "net1/lock": "",
  });
});

Deno.test("hostLocal DEL frees old files of the container once", async () => {
  using dataDir = makeDataDir();
  const ranges = [...RANGES, [{ subnet: "fd00::/64" }]];
  const config = configOf(dataDir.path, { ipam: { ranges } });
  await succeed({ command: "ADD", config });
  Deno.writeTextFileSync(`${dataDir.path}/net1/10.0.0.6`, "c1");
  await succeed({ command: "DEL", config });
  // It may be another interface's, and this one had its own.
  assertEquals(filesBelow(dataDir.path)["net1/10.0.0.6"], "c1");
  await succeed({ command: "DEL", config });
  assertEquals(filesBelow(dataDir.path)["net1/10.0.0.6"], undefined);
});

Deno.test("hostLocal does what the example in its manual says", async () => {
  const url = new URL("../../../docs/plugins/host-local.md", import.meta.url);
  const example = /```json\n(.*?)```/s.exec(Deno.readTextFileSync(url))?.[1];
  const config = JSON.parse(example ?? "null");
  using dataDir = makeDataDir();
  config.ipam.dataDir = dataDir.path;
  const result = JSON.parse(await succeed({ command: "ADD", config }));
  assertEquals(result.ips, [
    { address: "10.22.1.0/16", gateway: "10.22.0.1" },
    { address: "fd00:22::2/64", gateway: "fd00:22::1" },
  ]);
  assertEquals(filesBelow(`${dataDir.path}/net1`), {
    "10.22.1.0": "c1\r\neth0",
    "fd00:22::2": "c1\r\neth0",
    "last_reserved_ip.0": "10.22.1.0",
    "last_reserved_ip.1": "fd00:22::2",
    "lock": "",
  });
});
