import { assertEquals } from "@std/assert";
import { stepText } from "../../../lib/linux/mod.ts";
import { addressOf, linkWith } from "./_testing.ts";
import { originOf, planMove, restoreLines, returnWords } from "./steps.ts";

Deno.test("planMove() notes the name before the link goes", () => {
  const steps = planMove(linkWith(), { netns: "/n", ifname: "eth0" });
  assertEquals(steps.map((step) => stepText(step, "/n")), [
    "ip link set dev d0 alias d0",
    "ip link set dev d0 name eth0 netns /n",
  ]);
});

Deno.test("restoreLines() makes the link what it was", () => {
  const link = linkWith({
    alias: "to the switch",
    master: "br0",
    addresses: [addressOf("10.0.0.1/24"), addressOf("fe80::1/64", "link")],
  });
  assertEquals(restoreLines(link), [
    ["link", "set", "dev", "d0", "alias", "to the switch"],
    ["link", "set", "dev", "d0", "master", "br0"],
    ["addr", "add", "10.0.0.1/24", "dev", "d0"],
    ["link", "set", "dev", "d0", "up"],
  ]);
  assertEquals(restoreLines(linkWith({ flags: ["BROADCAST"] })), [
    ["link", "set", "dev", "d0", "alias", ""],
  ]);
});

Deno.test("originOf() takes no alias for a name that cannot be one", () => {
  const origins = ["d0", "", "to the switch", "cni/net1/c1/eth0"]
    .map((alias) => originOf(linkWith({ alias })));
  assertEquals(origins, ["d0", undefined, undefined, undefined]);
});

Deno.test("returnWords() lets the kernel choose where the name is taken", () => {
  const given = { ifname: "eth0", origin: "d0" };
  assertEquals(
    returnWords({ ...given, isTaken: false }, "/h").join(" "),
    "link set dev eth0 name d0 alias  netns /h",
  );
  assertEquals(
    returnWords({ ...given, isTaken: true }, "/h").join(" "),
    "link set dev eth0 name dev%d netns /h",
  );
});
