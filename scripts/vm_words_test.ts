import { assertEquals } from "@std/assert";
import { kernelPlaces, kindsIn, machineStatus } from "./vm_words.ts";

Deno.test("kernelPlaces() looks nowhere else if one is chosen", () => {
  assertEquals(kernelPlaces("/p", { chosen: "/k", origin: "/o" }), ["/k"]);
  assertEquals(kernelPlaces("/p", { chosen: "", origin: "/o" }), [
    "/p/build/vm/linux",
    "/p/../shared/vm/linux",
    "/o/../shared/vm/linux",
  ]);
  assertEquals(kernelPlaces("/p").length, 2);
});

Deno.test("kindsIn() finds what tests say they need", () => {
  const text = `needs: ["ip", "link vlan"], "link removed", ["link vrf"]`;
  assertEquals(kindsIn(text), ["vlan", "vrf"]);
});

Deno.test("machineStatus() reads the line that init ends with", async (t) => {
  const cases: Record<string, readonly [string, number | undefined]> = {
    "success": ["ok\nmachine: exit status 0\n", 0],
    "failure": ["machine: exit status 1\n", 1],
    "the terminal's line ends": ["a\r\nmachine: exit status 3\r\n", 3],
    "the kernel's words after it": ["machine: exit status 0\nreboot: x\n", 0],
    "a test that prints such a line": [
      "machine: exit status 0\nmachine: exit status 1\n",
      1,
    ],
    "a panic": ["ok | 1 passed\nKernel panic - not syncing\n", undefined],
    "nothing": ["", undefined],
  };
  for (const [why, [text, status]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(machineStatus(text), status));
  }
});
