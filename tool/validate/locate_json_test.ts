import { assertEquals, assertThrows } from "@std/assert";
import { type Located, locateJson, nodeAt } from "./locate_json.ts";

const TEXT = `// a comment
{
  "name": "net1", /* another */
  "plugins": [{ "Type": "bridge", "mtu": 1500, }, null,],
  "esc\\"aped": "}//"
}
`;

function textOf({ start, end }: Located): string {
  return TEXT.slice(start, end);
}

Deno.test("locateJson() knows where each value stands", () => {
  const root = locateJson(TEXT);
  if (root.kind !== "object") throw new Error("no object");
  assertEquals(root.members.map(({ key }) => key), [
    "name",
    "plugins",
    'esc"aped',
  ]);
  const { keyStart, keyEnd } = root.members[0]!;
  assertEquals(TEXT.slice(keyStart, keyEnd), '"name"');
  const cases = {
    "name": '"net1"',
    "plugins[0].type": '"bridge"',
    "PLUGINS[0].mtu": "1500",
    "plugins[1]": "null",
    'esc"aped': '"}//"',
    "plugins[0].nothing.below": textOf(nodeAt(root, "plugins[0]")),
    "": TEXT.slice(TEXT.indexOf("{"), TEXT.lastIndexOf("}") + 1),
  };
  for (const [path, text] of Object.entries(cases)) {
    assertEquals(textOf(nodeAt(root, path)), text, path);
  }
});

Deno.test("locateJson() refuses what is no JSON", () => {
  for (const text of ["", "{", "[1 2]", '{"a" 1}', "{a: 1}"]) {
    assertThrows(() => locateJson(text), SyntaxError, undefined, text);
  }
});
