import { assertEquals } from "@std/assert";
import { requestWith } from "./_testing.ts";
import { attachmentAlias, parseAttachmentAlias } from "./alias.ts";

Deno.test("attachmentAlias() can be read back", () => {
  const request = requestWith({ name: "a.b_c-d" }, { ifname: "日a" });
  const alias = attachmentAlias(request);
  assertEquals(alias, "cni/a.b_c-d/c1/日a");
  assertEquals(parseAttachmentAlias(alias!), {
    network: "a.b_c-d",
    containerId: "c1",
    ifname: "日a",
  });
});

Deno.test("attachmentAlias() is left out where the kernel would cut it", () => {
  const lengths = "cni//c1/eth0".length;
  const longest = "n".repeat(255 - lengths);
  const alias = attachmentAlias(requestWith({ name: longest }));
  assertEquals(alias?.length, 255);
  assertEquals(
    attachmentAlias(requestWith({ name: longest + "n" })),
    undefined,
  );
});

Deno.test("parseAttachmentAlias() leaves other texts alone", () => {
  const others = ["", "cni", "cni/a/b", "cni/a/b/c/d", "cni/a//c", "x/a/b/c"];
  for (const text of others) {
    assertEquals(parseAttachmentAlias(text), undefined);
  }
});
