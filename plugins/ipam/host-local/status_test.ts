import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { callOurs, makeDataDir } from "./_call.ts";
import type { Boot } from "./boot.ts";

async function statusOf(
  config: JsonObject,
  boot?: Boot,
): Promise<JsonObject | undefined> {
  const { stdout } = await callOurs({ command: "STATUS", config, boot });
  return stdout === "" ? undefined : JSON.parse(stdout);
}

function configOf(dataDir: string, ipam: JsonObject = {}): JsonObject {
  const ranges = [[{ subnet: "10.0.0.0/30" }], [{ subnet: "fd00::/64" }]];
  return {
    cniVersion: "1.1.0",
    name: "net1",
    ipam: { dataDir, ranges, ...ipam },
  };
}

Deno.test("hostLocal STATUS is fine when an ADD could be served", async () => {
  using dataDir = makeDataDir();
  assertEquals(await statusOf(configOf(dataDir.path)), undefined);
  assertEquals(await statusOf(configOf(`${dataDir.path}/a/b`)), undefined);
  assertEquals([...Deno.readDirSync(dataDir.path)], []);
  Deno.mkdirSync(`${dataDir.path}/net1`);
  Deno.writeTextFileSync(`${dataDir.path}/net1/10.0.0.9`, "c1\r\neth0");
  assertEquals(await statusOf(configOf(dataDir.path)), undefined);
});

Deno.test("hostLocal STATUS passes with a full range, which ADD tells of", async (t) => {
  const cases: Record<string, JsonObject> = {
    "one of two sets": {},
    "the only set, dual-stack in one": {
      ranges: [[{ subnet: "10.0.0.0/30" }, { subnet: "10.0.1.0/30" }]],
    },
    "reservations of this boot": { reclaimAfterReboot: true },
    "reservations that are kept": { reclaimAfterReboot: false },
  };
  for (const [why, ipam] of Object.entries(cases)) {
    await t.step(why, async () => {
      using dataDir = makeDataDir();
      const config = configOf(dataDir.path, ipam);
      Deno.mkdirSync(`${dataDir.path}/net1`);
      for (const address of ["10.0.0.2", "10.0.1.2"]) {
        Deno.writeTextFileSync(`${dataDir.path}/net1/${address}`, "c2\r\neth0");
      }
      assertEquals(await statusOf(config, "node.1"), undefined);
      const add = { command: "ADD", config, boot: "node.1" } as const;
      const error = JSON.parse((await callOurs(add)).stdout);
      assertMatch(`${error.msg} ${error.details}`, /no IP addresses/);
      assertMatch(`${error.details}`, /ipam\.ranges\[0\] are in use/);
    });
  }
});

Deno.test("hostLocal STATUS tells of a lock that cannot be had", async () => {
  using dataDir = makeDataDir();
  Deno.mkdirSync(`${dataDir.path}/net1/lock`, { recursive: true });
  const error = await statusOf(configOf(dataDir.path));
  assertEquals(error?.code, 50);
  assertStringIncludes(`${error?.details}`, `${dataDir.path}/net1/lock`);
});

Deno.test("hostLocal STATUS tells of what cannot be read or written", async (t) => {
  using dataDir = makeDataDir();
  Deno.writeTextFileSync(`${dataDir.path}/file`, "");
  const cases: Record<string, [ipam: JsonObject, code: number, text: string]> =
    {
      "resolvConf": [
        { resolvConf: `${dataDir.path}/none` },
        50,
        `${dataDir.path}/none`,
      ],
      "a file for a folder": [
        { dataDir: `${dataDir.path}/file` },
        50,
        `${dataDir.path}/file`,
      ],
      "bad ranges": [
        { ranges: [[{ subnet: "10.0.0.1/24" }]] },
        7,
        "10.0.0.0/24",
      ],
      "no ranges": [{ ranges: [] }, 7, "give one"],
      "another type": [{ reclaimAfterReboot: 1 }, 7, "reclaimAfterReboot is 1"],
    };
  for (const [why, [ipam, code, text]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const error = await statusOf(configOf(dataDir.path, ipam));
      assertEquals(error?.code, code);
      assertStringIncludes(`${error?.details}`, text);
    });
  }
});

Deno.test({
  name: "hostLocal STATUS tells of a folder that is not permitted",
  permissions: { read: ["/tmp/cni-permitted"], write: ["/tmp/cni-permitted"] },
  fn: async () => {
    const error = await statusOf(configOf("/srv/cni-other"));
    assertEquals(error?.code, 7);
    assertStringIncludes(`${error?.details}`, "STATE_DIRS=/srv/cni-other");
  },
});
