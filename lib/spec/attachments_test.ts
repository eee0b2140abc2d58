import { assertEquals } from "@std/assert";
import { CniCode } from "./code.ts";
import { assertRefuses } from "./_testing.ts";
import { validAttachmentsOf } from "./attachments.ts";
import { parsePluginConfig } from "./config.ts";
import type { Json } from "./json.ts";

/** The attachments that a configuration with this list has. */
function read(list: Json | undefined) {
  const key = "cni.dev/valid-attachments";
  return validAttachmentsOf(parsePluginConfig({ name: "n", [key]: list }));
}

Deno.test("validAttachmentsOf() tells an absent list from an empty one", () => {
  assertEquals(read(undefined), undefined);
  assertEquals(read(null)?.list, []);
  assertEquals(read([])?.list, []);
});

Deno.test("validAttachmentsOf() knows attachments and their containers", () => {
  const valid = read([
    { containerID: "c1", ifname: "eth0", extra: 1 },
    { containerID: "c1", ifname: "net1" },
    { containerID: "c2", ifname: "eth0" },
  ]);
  const list = [
    { containerId: "c1", ifname: "eth0" },
    { containerId: "c1", ifname: "net1" },
    { containerId: "c2", ifname: "eth0" },
  ];
  assertEquals(valid?.list, list);
  assertEquals(list.map(valid!.has), [true, true, true]);
  assertEquals(valid?.has({ containerId: "c2", ifname: "net1" }), false);
  const containers = ["c1", "c2", "c", "eth0", ""];
  const answers = containers.map((id) => valid?.hasContainer(id));
  assertEquals(answers, [true, true, false, false, false]);
});

Deno.test("validAttachmentsOf() refuses a list that it cannot trust", async (t) => {
  const key = "cni.dev/valid-attachments";
  const cases: Record<string, readonly [Json, string]> = {
    "no list": [{}, `${key} is {}`],
    "no object": [["c1"], `${key}[0] is "c1"`],
    "null": [[null], `${key}[0] is null`],
    "container missing": [
      [{ ifname: "eth0" }],
      `${key}[0].containerID is nothing`,
    ],
    "container empty": [
      [{ containerID: "", ifname: "eth0" }],
      `${key}[0].containerID is ""`,
    ],
    "interface missing": [
      [{ containerID: "c1", ifname: "eth0" }, { containerID: "c1" }],
      `${key}[1].ifname is nothing`,
    ],
    "interface of another type": [
      [{ containerID: "c1", ifname: 0 }],
      `${key}[0].ifname is 0`,
    ],
  };
  for (const [why, [list, said]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertRefuses(() => read(list), CniCode.InvalidConfig, said);
    });
  }
});
