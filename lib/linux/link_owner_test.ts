import { assertEquals } from "@std/assert";
import { linkAlias, parseLinkAlias } from "./link_owner.ts";

const OWNER = { network: "a.b_c-d", containerId: "c1", ifname: "日a" };

Deno.test("linkAlias() can be read back", () => {
  const alias = linkAlias(OWNER);
  assertEquals(alias, "cni/a.b_c-d/c1/日a");
  assertEquals(parseLinkAlias(alias!), OWNER);
});

Deno.test("linkAlias() is left out where the kernel would cut it", () => {
  const owner = { ...OWNER, ifname: "eth0" };
  const longest = "n".repeat(255 - "cni//c1/eth0".length);
  assertEquals(linkAlias({ ...owner, network: longest })?.length, 255);
  assertEquals(linkAlias({ ...owner, network: longest + "n" }), undefined);
});

Deno.test("parseLinkAlias() leaves other texts alone", () => {
  const others = ["", "cni", "cni/a/b", "cni/a/b/c/d", "cni/a//c", "x/a/b/c"];
  for (const text of others) assertEquals(parseLinkAlias(text), undefined);
});
