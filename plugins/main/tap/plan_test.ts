import { assertEquals } from "@std/assert";
import { stepText } from "../../../lib/linux/mod.ts";
import type { JsonObject, Result } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseTapConfig } from "./config.ts";
import { deviceText } from "./make_device_linux.ts";
import { planAttributes, planDevice, planSandbox } from "./plan.ts";
import { prepareLink, preparePlan } from "./prepare.ts";

const MAC = "02:00:00:00:00:05";

function inputFor(keys: JsonObject = {}, ipam?: Result) {
  const request = requestWith({ mac: MAC, ...keys }, { netns: "/n" });
  return preparePlan(prepareLink(request, parseTapConfig(request)), ipam);
}

/** The steps as they are typed in the container. */
function linesOf(input: ReturnType<typeof inputFor>): readonly string[] {
  const steps = [planDevice(input), ...planAttributes(input)];
  return [...steps, ...planSandbox(input)].map((step) =>
    stepText(step, "/n").replace("nsenter --net=/n ", "")
  );
}

Deno.test("planDevice() makes what is asked for", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "nothing": [{}, ""],
    "several queues": [{ multiQueue: true }, " multi_queue"],
    "an owner": [{ owner: 0 }, " user 0"],
    "a group": [{ group: 7 }, " group 7"],
    "both": [{ owner: 1, group: 2 }, " user 1 group 2 vnet_hdr"],
    "both and a context": [
      { owner: 1, group: 2, selinuxContext: "a:b:c" },
      " user 1 group 2",
    ],
  };
  for (const [why, [keys, words]] of Object.entries(cases)) {
    await t.step(why, () => {
      const [line] = linesOf(inputFor(keys));
      assertEquals(line, `ip tuntap add mode tap name eth0${words}`);
    });
  }
});

Deno.test("planAttributes() gives every device its own, owner or not", () => {
  const keys = { owner: 1, group: 2, mtu: 1400, bridge: "br0" };
  assertEquals(linesOf(inputFor(keys)).slice(1), [
    `ip link set dev eth0 address ${MAC} mtu 1400`,
    "ip link set dev eth0 master br0",
    "ip link set dev eth0 up",
  ]);
});

Deno.test("planSandbox() sets addresses and routes", () => {
  const ipam = {
    ips: [{ address: "10.0.0.5/24", gateway: "10.0.0.1" }],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  assertEquals(linesOf(inputFor({ ipam: { type: "static" } }, ipam)).slice(2), [
    "sysctl -w net/ipv4/conf/eth0/arp_notify=1",
    "ip addr add 10.0.0.5/24 broadcast + dev eth0",
    "ip link set dev eth0 up",
    "ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0",
  ]);
});

Deno.test("deviceText() names the context that makes the device", () => {
  assertEquals(
    deviceText(inputFor({ selinuxContext: "a:b:c" })),
    "runcon a:b:c ip tuntap add mode tap name eth0",
  );
});
