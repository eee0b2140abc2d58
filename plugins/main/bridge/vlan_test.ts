import { assertEquals, assertThrows } from "@std/assert";
import { CniError } from "../../../lib/spec/mod.ts";
import { isVlanFiltering, vlanLinkName } from "./vlan.ts";

Deno.test("vlanLinkName() joins bridge and VLAN, if that is a link's name", () => {
  assertEquals(vlanLinkName("cni0", 100), "cni0.100");
  assertEquals(vlanLinkName("abcdefghij", 4094), "abcdefghij.4094");
  const error = assertThrows(() => vlanLinkName("abcdefghijk", 4094), CniError);
  assertEquals(error.code, 7);
  assertEquals(String(error).includes("abcdefghijk.4094"), true);
});

Deno.test("isVlanFiltering() is asked for by either key, even by an empty trunk", () => {
  const none = { vlan: 0, trunk: undefined, preserveDefaultVlan: false };
  assertEquals(isVlanFiltering(none), false);
  assertEquals(isVlanFiltering({ ...none, vlan: 1 }), true);
  assertEquals(isVlanFiltering({ ...none, trunk: [] }), true);
});
