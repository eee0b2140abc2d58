import { assertEquals } from "@std/assert";
import { type IpStep, stepText } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import type { Design } from "../../shared/mod.ts";
import { addressingOf, requestWith } from "../../shared/testing/mod.ts";
import { parseTapConfig } from "./config.ts";
import { designTap } from "./design.ts";

const MAC = "02:00:00:00:00:05";

function designWith(keys: JsonObject = {}): Design {
  const request = requestWith({ mac: MAC, ...keys }, { netns: "/n" });
  return designTap(request, { config: parseTapConfig(request) });
}

/** The steps as they are typed in the container. */
function linesOf(design: Design, ipam?: Result): readonly string[] {
  const { sandbox, host = [] } = design.finish(addressingOf(ipam));
  return [...design.link, ...host, ...sandbox].map((step) =>
    stepText(step, "/n").replace("nsenter --net=/n ", "")
  );
}

Deno.test("designTap() makes what is asked for", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "nothing": [{}, ""],
    "several queues": [{ multiQueue: true }, " multi_queue"],
    "an owner": [{ owner: 0 }, " user 0"],
    "a group": [{ group: 7 }, " group 7"],
    "both": [{ owner: 1, group: 2 }, " user 1 group 2 vnet_hdr"],
  };
  for (const [why, [keys, words]] of Object.entries(cases)) {
    await t.step(why, () => {
      const [line] = linesOf(designWith(keys));
      assertEquals(line, `ip tuntap add mode tap name eth0${words}`);
    });
  }
});

Deno.test("designTap() gives every device its own, owner or not", () => {
  const keys = { owner: 1, group: 2, mtu: 1400, bridge: "br0" };
  assertEquals(linesOf(designWith(keys)).slice(1), [
    `ip link set dev eth0 address ${MAC} mtu 1400`,
    "ip link set dev eth0 master br0",
    "ip link set dev eth0 up",
  ]);
});

Deno.test("designTap() sets addresses and routes", () => {
  const ipam = {
    ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  assertEquals(
    linesOf(designWith({ ipam: { type: "static" } }), ipam).slice(2),
    [
      "sysctl -w net/ipv4/conf/eth0/arp_notify=1",
      "ip addr add 10.0.0.5/24 broadcast + dev eth0",
      "ip link set dev eth0 up",
      "ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0",
    ],
  );
});

Deno.test("designTap() has a process of the context make the device", () => {
  const keys = { owner: 1, group: 2, selinuxContext: "a:b:c" };
  const { first, link } = designWith(keys);
  assertEquals(first?.planned, {
    purpose: 'make the tap device "eth0"',
    command: "nsenter --net=/n runcon a:b:c ip tuntap add mode tap name eth0 " +
      "user 1 group 2",
  });
  assertEquals(link.map((step) => stepText(step, "/n")), [
    `nsenter --net=/n ip link set dev eth0 address ${MAC}`,
  ]);
  assertEquals(designWith().first, undefined);
});

Deno.test("designTap() has the device removed again", () => {
  const [step] = designWith().link as readonly IpStep[];
  assertEquals(step?.undo, ["link", "del", "dev", "eth0"]);
});

Deno.test("designTap() awaits no detection before a program has the device", () => {
  assertEquals(designWith().detection, { needsCarrier: true });
});
