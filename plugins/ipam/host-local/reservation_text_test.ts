import { assertEquals } from "@std/assert";
import { formatOwner, parseOwner } from "./reservation_text.ts";

Deno.test("formatOwner() writes the bytes of the reference", () => {
  const text = formatOwner({ containerId: "c1", ifname: "eth0" });
  assertEquals([...new TextEncoder().encode(text)], [
    ...[0x63, 0x31],
    ...[0x0d, 0x0a],
    ...[0x65, 0x74, 0x68, 0x30],
  ]);
});

Deno.test("parseOwner() matches what the reference matches", async (t) => {
  const owner = { containerId: "c1", ifname: "eth0" };
  const cases: Record<string, [string, ReturnType<typeof parseOwner>]> = {
    "plain": ["c1\r\neth0", owner],
    "space around": [" \u0085c1\r\neth0\n\u3000", owner],
    "bare id": ["c1", { containerId: "c1" }],
    "bare id with end of line": ["c1\r\n", { containerId: "c1" }],
    "empty": ["", { containerId: "" }],
    "LF alone is no pair": ["c1\neth0", { containerId: "c1\neth0" }],
    "space inside counts": [
      "c1 \r\neth0",
      { containerId: "c1 ", ifname: "eth0" },
    ],
    "NUL counts": [
      "c1\r\neth0\0",
      { containerId: "c1", ifname: "eth0\0" },
    ],
    "a byte order mark is no space": [
      "\ufeffc1\r\neth0",
      { containerId: "\ufeffc1", ifname: "eth0" },
    ],
  };
  for (const [why, [text, parsed]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(parseOwner(text), parsed));
  }
});
