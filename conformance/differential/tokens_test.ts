import { assertEquals } from "@std/assert";
import { createTokens } from "./tokens.ts";

const MAC = "7e:00:00:00:00:0";

Deno.test("createTokens() numbers what was drawn by lot", () => {
  const tokens = createTokens("cb12345678 02:00:5E:10:00:07");
  tokens.learn([
    { index: 1, name: "lo", mac: "00:00:00:00:00:00" },
    { index: 2, name: "cb12345678", mac: `${MAC}1` },
    { index: 3, name: "vethabcd1234", mac: `${MAC}1` },
    { index: 4, name: "veth00ff00ff", mac: `${MAC}2` },
    { index: 5, name: "vp123456781", mac: "02:00:5e:10:00:07" },
  ]);
  const text = "lo cb12345678 vethabcd1234@if2 veth00ff00ff vp123456781 " +
    `vethabcd12345 ${MAC}1 ${MAC.toUpperCase()}2 02:00:5e:10:00:07 ` +
    "00:00:00:00:00:00";
  assertEquals(
    tokens.apply(text),
    "lo cb12345678 veth#1@if2 veth#2 vp123456781 vethabcd12345 " +
      "<mac of cb12345678> <mac of veth#2> 02:00:5e:10:00:07 " +
      "00:00:00:00:00:00",
  );
});

Deno.test("createTokens() remembers, and tells a new address from the old", () => {
  const tokens = createTokens("");
  const link = { index: 2, name: "vethabcd1234" };
  tokens.learn([{ ...link, mac: `${MAC}1` }]);
  tokens.learn([
    { ...link, mac: `${MAC}2` },
    { index: 9, name: "vethabcd9999", mac: `${MAC}3` },
  ]);
  assertEquals(
    tokens.apply(`${MAC}1 ${MAC}2 vethabcd9999`),
    "<mac of veth#1> <mac 2 of veth#1> veth#2",
  );
});
