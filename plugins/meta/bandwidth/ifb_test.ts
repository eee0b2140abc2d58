import { assertEquals, assertNotEquals } from "@std/assert";
import { requestWith } from "./_testing.ts";
import { ifbName, ifbOf } from "./ifb.ts";

Deno.test("ifbName() is the Go plugin's", async () => {
  const request = requestWith({ name: "neta" }, {
    containerId: "cnitool-98ec8606e689a3d603ef",
  });
  assertEquals(await ifbName(request), "bwp4a6c1256d3c4");
});

Deno.test("ifbOf() chooses an address, and says whose it is", async () => {
  const [one, two] = [await ifbOf(requestWith()), await ifbOf(requestWith())];
  assertEquals(one.alias, "cni/net1/c1/eth0");
  assertEquals(one.name, two.name);
  assertNotEquals(one.mac, two.mac);
});
