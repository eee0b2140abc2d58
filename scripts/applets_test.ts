import { assertEquals } from "@std/assert";
import { appletNames } from "./applets.ts";

Deno.test("appletNames() names cnitool and every plugin, in order", () => {
  const names = appletNames();
  assertEquals(names, names.toSorted());
  for (const name of ["bridge", "cnitool", "host-local", "portmap"]) {
    assertEquals(names.includes(name), true, name);
  }
  // The program's own name is no link to it.
  assertEquals(names.includes("cni"), false);
});
