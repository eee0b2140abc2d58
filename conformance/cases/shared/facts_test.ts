import { assertEquals, assertThrows } from "@std/assert";
import { Violation } from "../../suite/mod.ts";
import { demandSame, factsOf } from "./facts.ts";
import type { Kernel } from "./kernel.ts";

const KERNEL: Kernel = {
  links: [
    {
      index: 2,
      name: "eth0",
      kind: "veth",
      mac: "02:00:00:00:00:01",
      mtu: 1500,
      isUp: true,
      master: "br0",
      addresses: ["10.1.0.2/24"],
    },
    {
      ...{ index: 3, name: "tun0", kind: "", mtu: 1400, isUp: false },
      addresses: [],
    },
  ],
  routes: [
    {
      ...{ dst: "10.9.0.0/24", gw: "10.1.0.1", dev: "eth0", table: "101" },
      ...{ scope: "link", isOwn: false, priority: 5, mtu: 1400, advmss: 1300 },
    },
    { dst: "10.8.0.0/24", table: "main", scope: "global", isOwn: false },
  ],
  rules: ["5: from 10.1.0.2 {} lookup 101"],
};

Deno.test("factsOf() tells a state in sentences", () => {
  assertEquals(factsOf(KERNEL), [
    "address 10.1.0.2/24 on eth0",
    "link eth0: veth, MAC address 02:00:00:00:00:01, MTU 1500, up, a port of br0",
    "link tun0: MTU 1400, down",
    "route 10.8.0.0/24 dev none table main scope global",
    "route 10.9.0.0/24 via 10.1.0.1 dev eth0 table 101 scope link priority 5 mtu 1400 advmss 1300",
    "rule 5: from 10.1.0.2 {} lookup 101",
  ]);
});

Deno.test("factsOf() leaves out links with what is theirs", () => {
  assertEquals(factsOf(KERNEL, { without: ["eth0"] }), [
    "link tun0: MTU 1400, down",
    "route 10.8.0.0/24 dev none table main scope global",
    "rule 5: from 10.1.0.2 {} lookup 101",
  ]);
});

Deno.test("demandSame() tells what is gone and what is new", () => {
  demandSame(["a", "b"], ["b", "a"], "All is well");
  const error = assertThrows(
    () => demandSame(["a", "b"], ["b", "c"], "Something changed"),
    Violation,
  );
  assertEquals(error.message, "Something changed:\n- a\n+ c");
});
