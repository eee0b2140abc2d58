import { assertEquals, assertNotEquals } from "@std/assert";
import { requestWith } from "../../shared/testing/mod.ts";
import { firstNameOf } from "./first_name.ts";

Deno.test("firstNameOf() is the same for each call of an attachment", () => {
  const request = requestWith({}, { containerId: "c1", ifname: "eth0" });
  const name = firstNameOf(request);
  assertEquals(/^veth[0-9a-f]{8}$/.test(name), true, name);
  assertEquals(firstNameOf({ ...request }), name);
  for (const other of [{ containerId: "c2" }, { ifname: "eth1" }]) {
    assertNotEquals(firstNameOf({ ...request, ...other }), name);
  }
});
