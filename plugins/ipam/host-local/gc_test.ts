import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Json, JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, filesBelow, makeDataDir } from "./_call.ts";

/** A network whose folder holds files, by name and text. */
function makeNetwork(files: Record<string, string>) {
  const dataDir = makeDataDir();
  Deno.mkdirSync(`${dataDir.path}/net1`);
  for (const [name, text] of Object.entries(files)) {
    Deno.writeTextFileSync(`${dataDir.path}/net1/${name}`, text);
  }
  return {
    path: dataDir.path,
    names: () => Object.keys(filesBelow(`${dataDir.path}/net1`)).sort(),
    gc: async (valid?: Json, ipam: JsonObject = {}) => {
      const config = {
        cniVersion: "1.1.0",
        name: "net1",
        ipam: { dataDir: dataDir.path, ...ipam },
        ...(valid === undefined ? {} : { "cni.dev/valid-attachments": valid }),
      };
      const call = { command: "GC", config, boot: undefined } as const;
      const { stdout } = await callOurs(call);
      return stdout === "" ? undefined : JSON.parse(stdout) as JsonObject;
    },
    [Symbol.dispose]: () => dataDir[Symbol.dispose](),
  };
}

const FILES = {
  "10.0.0.2": "c1\r\neth0",
  "10.0.0.3": "c1\r\neth1",
  "10.0.0.4": "c2\r\neth0",
  "fd00::2": "c1\r\neth0",
  "10.0.0.5": "c1",
  "10.0.0.6": "c2",
  "10.0.0.7": "",
  "10.0.0.8": "kept by a person",
  "10.0.0.9.bak": "c2\r\neth0",
  "last_reserved_ip.0": "10.0.0.4",
  "lock": "",
};

Deno.test("hostLocal GC frees what belongs to no valid attachment", async () => {
  using network = makeNetwork(FILES);
  const valid = [{ containerID: "c1", ifname: "eth0" }];
  assertEquals(await network.gc(valid), undefined);
  const freed = ["10.0.0.3", "10.0.0.4", "10.0.0.6"];
  assertEquals(
    network.names(),
    Object.keys(FILES).filter((name) => !freed.includes(name)).sort(),
  );
});

Deno.test("hostLocal GC with no valid attachment frees all", async () => {
  for (const none of [[], null]) {
    using network = makeNetwork(FILES);
    assertEquals(await network.gc(none), undefined);
    assertEquals(network.names(), [
      "10.0.0.7",
      "10.0.0.8",
      "10.0.0.9.bak",
      "last_reserved_ip.0",
      "lock",
    ]);
  }
});

Deno.test("hostLocal GC without a list frees nothing", async () => {
  using network = makeNetwork(FILES);
  assertEquals(await network.gc(), undefined);
  assertEquals(network.names(), Object.keys(FILES).sort());
});

Deno.test("hostLocal GC clears what crashes left half-written", async () => {
  using network = makeNetwork(FILES);
  const aside = `${network.path}/.cni/net1`;
  Deno.mkdirSync(aside, { recursive: true });
  Deno.writeTextFileSync(`${aside}/tmp.1.abc`, "c1\r\neth0");
  await network.gc();
  assertEquals([...Deno.readDirSync(aside)], []);
});

Deno.test("hostLocal GC needs no folder", async () => {
  using network = makeNetwork({});
  Deno.removeSync(`${network.path}/net1`);
  assertEquals(await network.gc([]), undefined);
  assertEquals([...Deno.readDirSync(network.path)], []);
});

Deno.test("hostLocal GC reads no ranges", async () => {
  using network = makeNetwork(FILES);
  assertEquals(await network.gc([], { ranges: "spoiled" }), undefined);
  assertEquals(network.names().includes("10.0.0.2"), false);
});

Deno.test("hostLocal GC refuses a list that it cannot read", async (t) => {
  const cases: Record<string, Json> = {
    "no list": { containerID: "c1", ifname: "eth0" },
    "no objects": ["c1"],
    "no interface": [{ containerID: "c1" }],
    "no container": [{ ifname: "eth0" }],
    "another type": [{ containerID: 1, ifname: "eth0" }],
  };
  for (const [why, valid] of Object.entries(cases)) {
    await t.step(why, async () => {
      using network = makeNetwork(FILES);
      const error = await network.gc(valid);
      assertEquals(error?.code, 7);
      assertStringIncludes(`${error?.msg}`, "cni.dev/valid-attachments");
      assertEquals(network.names(), Object.keys(FILES).sort());
    });
  }
});
