import { assertEquals, assertStringIncludes } from "@std/assert";
import { dispatch, type Reply } from "../../../lib/plugin/mod.ts";
import { type JsonObject, SPEC_VERSIONS } from "../../../lib/spec/mod.ts";
import { staticIpam } from "./static.ts";

const IPAM = {
  type: "static",
  addresses: [
    { address: "10.0.0.5/24", gateway: "10.0.0.1" },
    { address: "fd00::5/64" },
  ],
  routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0", gw: "fd00::9", priority: 9 }],
  dns: { nameservers: ["10.0.0.53"] },
};
const CONFIG = { cniVersion: "1.1.0", name: "net1", ipam: IPAM };

function call(
  command: string,
  config: JsonObject = CONFIG,
  args = "",
): Promise<Reply> {
  const environment = {
    command,
    containerId: "c1",
    ifname: "eth0",
    netns: "/run/netns/static-test-none",
    args,
    path: "/nowhere",
    netnsOverride: "",
  };
  return dispatch(staticIpam, environment, {
    readStdin: () => Promise.resolve(JSON.stringify(config)),
    context: {
      delegate: () => Promise.reject(new Error("static delegates nothing")),
      preload: () => {},
      isForeign: () => false,
      warn: () => {},
    },
  });
}

async function mustFail(
  reply: Promise<Reply>,
  code: number,
  part: string,
): Promise<void> {
  const { status, stdout } = await reply;
  assertEquals([status, JSON.parse(stdout).code], [1, code], stdout);
  assertStringIncludes(stdout, part);
}

Deno.test("staticIpam ADD answers in the shape of each version", async (t) => {
  const [four, six] = IPAM.addresses;
  const lists = { ips: [four, six], routes: IPAM.routes, dns: IPAM.dns };
  const { gateway, address } = four!;
  const oldest = {
    ip4: { ip: address, gateway, routes: [{ dst: "0.0.0.0/0" }] },
    ip6: { ip: six!.address, routes: [{ dst: "::/0", gw: "fd00::9" }] },
    dns: IPAM.dns,
  };
  const versioned = {
    ...lists,
    ips: [{ version: "4", ...four }, { version: "6", ...six }],
  };
  for (const cniVersion of SPEC_VERSIONS) {
    await t.step(cniVersion, async () => {
      const reply = await call("ADD", { ...CONFIG, cniVersion });
      const shape = cniVersion < "0.3.0"
        ? oldest
        : cniVersion < "1.0.0"
        ? versioned
        : lists;
      assertEquals(reply.status, 0, reply.stdout);
      assertEquals(JSON.parse(reply.stdout), { cniVersion, ...shape });
    });
  }
});

Deno.test("staticIpam ADD may have no address from 0.3.0 on", async () => {
  const ipam = { type: "static" };
  const reply = await call("ADD", { ...CONFIG, ipam });
  assertEquals(JSON.parse(reply.stdout), { cniVersion: "1.1.0" });
  const old = { ...CONFIG, cniVersion: "0.2.0", ipam };
  await mustFail(call("ADD", old), 1, "no valid IP addresses");
});

Deno.test("staticIpam ADD and STATUS refuse a bad configuration", async () => {
  const bad = { ...CONFIG, ipam: { addresses: [{ address: "10.0.0.5" }] } };
  await mustFail(call("ADD", bad), 7, "ipam.addresses[0].address");
  await mustFail(call("STATUS", bad), 7, "ipam.addresses[0].address");
  await mustFail(call("ADD", CONFIG, "IP=x"), 4, "CNI_ARGS IP");
  assertEquals((await call("STATUS")).status, 0);
});

Deno.test("staticIpam DEL and GC read nothing and do nothing", async () => {
  const bad = { ...CONFIG, ipam: { addresses: 1 } };
  const success = { status: 0, stdout: "", stderr: "" };
  for (const command of ["DEL", "GC"]) {
    for (const config of [CONFIG, bad, { ...CONFIG, ipam: 1 }]) {
      assertEquals(await call(command, config, "IP"), success);
    }
  }
});

Deno.test("staticIpam CHECK compares prevResult", async (t) => {
  const { stdout } = await call("ADD");
  const prevResult = JSON.parse(stdout);
  const check = (more: JsonObject, args = "") =>
    call("CHECK", { ...CONFIG, prevResult: { ...prevResult, ...more } }, args);
  const success = { status: 0, stdout: "", stderr: "" };
  const [four, six] = prevResult.ips;
  await t.step("as it was", async () => {
    assertEquals(await check({}), success);
  });
  await t.step("what others have added", async () => {
    const other = { address: "10.9.9.9/24", interface: 1 };
    const filled = { ...six, gateway: "fd00::1", interface: 1 };
    assertEquals(await check({ ips: [other, filled, four] }), success);
    const twice = { ...four, gateway: "10.0.0.2", interface: 1 };
    assertEquals(await check({ ips: [twice, four, six] }), success);
  });
  const faults: Record<string, [JsonObject, string]> = {
    "an address is gone": [{ ips: [four] }, "fd00::5/64"],
    "all are gone": [{ ips: null }, "10.0.0.5/24"],
    "another length": [
      { ips: [{ ...four, address: "10.0.0.5/16" }, six] },
      "10.0.0.5/24",
    ],
    "another gateway": [
      { ips: [{ ...four, gateway: "10.0.0.2" }, six] },
      "10.0.0.1",
    ],
    "no gateway": [{ ips: [{ address: four.address }, six] }, "none"],
  };
  for (const [why, [more, part]] of Object.entries(faults)) {
    await t.step(why, () => mustFail(check(more), 999, part));
  }
  await t.step("no prevResult", async () => {
    await mustFail(call("CHECK"), 7, "prevResult");
  });
});

Deno.test("staticIpam plans an ADD as it is done", async () => {
  const config = { cniVersion: "1.1.0", name: "net1" };
  const { parsePluginConfig } = await import("../../../lib/spec/mod.ts");
  const request = {
    command: "ADD",
    containerId: "c1",
    ifname: "eth0",
    netns: "/run/netns/x",
    args: "",
    path: "/nowhere",
    netnsOverride: "",
    stdin: "",
    config: parsePluginConfig({ ...config, ipam: IPAM }),
  };
  const context = { plan: () => Promise.reject(new Error("no delegate")) };
  const plan = await staticIpam.plan!(request, context);
  const { cniVersion: _version, ...result } = JSON.parse(
    (await call("ADD")).stdout,
  );
  assertEquals(plan, { acts: [], result });
  const del = { ...request, command: "DEL" };
  assertEquals(await staticIpam.plan!(del, context), { acts: [] });
});
