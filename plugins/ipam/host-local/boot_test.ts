import { assertEquals } from "@std/assert";
import { isBoot, isEndedBoot, parseBoot } from "./boot.ts";

const ID = "6c95d7d9-e711-4cf8-b52e-980fe589d30a";
const MACHINE = "3d1219c7c4c5404aaa1f6d2a48adfda4";

Deno.test("parseBoot() prefers the machine id to the host name", () => {
  const cases: Record<string, [text: string, machine: string]> = {
    "both": [`${ID}\n${MACHINE}\nnode-1\n`, MACHINE],
    "no machine id": [`${ID}\nnode-1.example\n`, "node-1.example"],
    "machine id not made yet": [`${ID}\nuninitialized\nnode-1\n`, "node-1"],
  };
  for (const [why, [text, machine]] of Object.entries(cases)) {
    assertEquals(parseBoot(text), `${machine}.${ID}`, why);
  }
});

Deno.test("parseBoot() knows no boot from anything else", () => {
  const cases = ["", `${ID}\n`, `${MACHINE}\nnode-1\n`, `x\n${MACHINE}\nn\n`];
  const paths = [`${ID}\n../..\n`, `${ID}\na/b\n`, `${ID}\n.\n`, `${ID}\n\n`];
  for (const text of [...cases, ...paths]) {
    assertEquals(parseBoot(text), undefined, text);
  }
});

Deno.test("isEndedBoot() is for other boots of the same machine", () => {
  const now = `node.example.${ID}`;
  const other = ID.replace("6", "7");
  assertEquals(isEndedBoot(now, [now]), false);
  assertEquals(isEndedBoot(`node.example.${other}`, [now]), true);
  for (const machine of ["other", "example", "node", "my.node.example"]) {
    assertEquals(isEndedBoot(`${machine}.${other}`, [now]), false, machine);
  }
  assertEquals(isEndedBoot("lost+found", [now]), false);
  assertEquals(isEndedBoot("", [now]), false);
  const earlier = now.replace("6", "8");
  assertEquals(isEndedBoot(earlier, [now, earlier]), false);
  assertEquals(isEndedBoot(`node.example.${other}`, [now, earlier]), true);
});

Deno.test("isBoot() knows a name that was cut short", () => {
  const boot = `${MACHINE}.${ID}`;
  assertEquals(isBoot(boot), true);
  for (const end of [0, 1, MACHINE.length + 1, boot.length - 1]) {
    assertEquals(isBoot(boot.slice(0, end)), false);
  }
});
