import { assertEquals, assertThrows } from "@std/assert";
import { type Call, type Plan, readRequest } from "../../../lib/plugin/mod.ts";
import { CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import type { Boot } from "./boot.ts";
import { callOurs, makeDataDir, NETNS } from "./_call.ts";
import { hostLocal } from "./host_local.ts";
import { planHostLocal } from "./planned.ts";
import { certainBoot } from "./present_boot.ts";

function configFor(dataDir: string, more: JsonObject = {}): JsonObject {
  const ranges = [[{ subnet: "10.1.0.0/29" }], [{ subnet: "fd00::/64" }]];
  return {
    cniVersion: "1.1.0",
    name: "net1",
    type: "host-local",
    ipam: { type: "host-local", dataDir, ranges, ...more },
  };
}

function plan(config: JsonObject, call: Partial<Call>, boot?: Boot): Plan {
  const request = readRequest(hostLocal, {
    command: "ADD",
    containerId: "c1",
    netns: NETNS,
    ifname: "eth0",
    args: "",
    path: "/nowhere",
    netnsOverride: "",
    stdin: JSON.stringify(config),
    ...call,
  });
  return planHostLocal(request, () => certainBoot(boot));
}

/** All entries below a folder, with what changes when they are touched. */
function stateOf(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    const { mtime, ino, size } = Deno.lstatSync(path);
    const own = [path, mtime?.getTime(), ino, size].join(" ");
    return isDirectory ? [own, ...stateOf(path)] : [own];
  }).sort();
}

Deno.test("planHostLocal() tells the addresses that an ADD takes", async () => {
  using dataDir = makeDataDir();
  const config = configFor(dataDir.path);
  const empty = stateOf(dataDir.path);
  const first = plan(config, {});
  assertEquals(first.acts.map(({ purpose }) => purpose), [
    `reserve the address 10.1.0.2, in ${dataDir.path}/net1/10.1.0.2`,
    `reserve the address fd00::2, in ${dataDir.path}/net1/fd00::2`,
  ]);
  assertEquals(stateOf(dataDir.path), empty);
  for (const containerId of ["c1", "c2", "c3"]) {
    const planned = plan(config, { containerId });
    const before = stateOf(dataDir.path);
    assertEquals(plan(config, { containerId }), planned);
    assertEquals(stateOf(dataDir.path), before);
    const reply = await callOurs({ command: "ADD", config, containerId });
    const { ips } = JSON.parse(reply.stdout);
    assertEquals(ips, planned.result?.ips);
  }
});

Deno.test("planHostLocal() refuses what an ADD refuses", async () => {
  using dataDir = makeDataDir();
  const config = configFor(dataDir.path);
  await callOurs({ command: "ADD", config });
  const refused = (call: Partial<Call>, text: string) =>
    assertThrows(() => plan(config, call), CniError, text);
  refused({}, "duplicate allocation is not allowed");
  refused({ containerId: "c2", args: "IP=10.1.0.2" }, "is not available");
  refused({ containerId: "c2", args: "IP=10.9.0.2" }, "all requested IPs");
});

Deno.test("planHostLocal() counts on what an ADD would reclaim", async () => {
  using dataDir = makeDataDir();
  const config = configFor(dataDir.path);
  const boot = "node.1";
  for (const containerId of ["a", "b", "c", "d", "e"]) {
    await callOurs({ command: "ADD", config, containerId, boot });
  }
  assertThrows(() => plan(config, {}, boot), CniError, "no IP addresses");
  const before = stateOf(dataDir.path);
  const { result } = plan(config, {}, "node.2");
  assertEquals(result?.ips?.[0]?.address, "10.1.0.2/29");
  assertEquals(stateOf(dataDir.path), before);
});

Deno.test("planHostLocal() names the files of a DEL and a CHECK", async () => {
  using dataDir = makeDataDir();
  const config = configFor(dataDir.path);
  assertEquals(plan(config, { command: "DEL" }), { acts: [] });
  await callOurs({ command: "ADD", config });
  const before = stateOf(dataDir.path);
  assertEquals(plan(config, { command: "DEL" }).acts[0], {
    purpose: "free the address 10.1.0.2",
    command: `rm ${dataDir.path}/net1/10.1.0.2`,
  });
  assertEquals(plan(config, { command: "CHECK" }).acts[1], {
    purpose: "see whether fd00::2 is still reserved",
    command: `cat ${dataDir.path}/net1/fd00::2`,
  });
  assertEquals(stateOf(dataDir.path), before);
});
