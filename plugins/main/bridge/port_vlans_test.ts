import { assertEquals } from "@std/assert";
import { isInVlan, ownVlanOf } from "./port_vlans.ts";

/** As `bridge -j vlan show` prints them. */
const VLANS = [
  { vlan: 1, flags: ["PVID", "Egress Untagged"] },
  { vlan: 5, flags: ["Egress Untagged"] },
  { vlan: 10, vlanEnd: 12 },
];

Deno.test("ownVlanOf() tells by which frames a bridge is in a VLAN", () => {
  const ids = [1, 5, 9, 10, 11, 12, 13];
  assertEquals(ids.map((id) => ownVlanOf(VLANS, id)), [
    ...["untagged", "untagged", "none", "tagged", "tagged", "tagged"] as const,
    "none",
  ]);
});

Deno.test("isInVlan() asks for all of the flags", () => {
  const both = ["PVID", "Egress Untagged"];
  assertEquals([1, 5, 10].map((id) => isInVlan(VLANS, id, both)), [
    ...[true, false, false],
  ]);
});
