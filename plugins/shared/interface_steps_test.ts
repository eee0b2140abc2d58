import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { stepText } from "../../lib/linux/mod.ts";
import type { Addressing } from "./addresses.ts";
import { type InterfaceOptions, interfaceSteps } from "./interface_steps.ts";

const INSIDE = "nsenter --net=/n ";
const UP = "ip link set dev eth0 up";
const SHOW = "ip addr show dev eth0";
const ENABLE_IPV6 = [
  "sysctl -w net/ipv6/conf/lo/disable_ipv6=0",
  "sysctl -w net/ipv6/conf/eth0/disable_ipv6=0",
  "sysctl -w net/ipv6/conf/eth0/keep_addr_on_down=1",
];
const IPV4 = { address: "10.0.0.2/24", gateway: "10.0.0.1" };
const IPV6 = { address: "fd00::2/64", gateway: "fd00::1" };

const CASES: Record<
  string,
  readonly [Addressing | undefined, readonly string[], InterfaceOptions?]
> = {
  "without addresses": [undefined, [UP]],
  "IPv4, with a gateway's route": [
    { ips: [IPV4], routes: [{ dst: "0.0.0.0/0" }] },
    [
      "ip addr add 10.0.0.2/24 broadcast + dev eth0",
      UP,
      "ip route prepend 0.0.0.0/0 via 10.0.0.1 dev eth0 scope 0",
    ],
  ],
  "IPv6": [
    { ips: [IPV6], routes: [] },
    [...ENABLE_IPV6, "ip addr add fd00::2/64 dev eth0", UP, SHOW],
  ],
  "IPv6, alone on its link": [
    { ips: [IPV6], routes: [] },
    [...ENABLE_IPV6, "ip addr add fd00::2/64 dev eth0 nodad", UP, SHOW],
    { isAlone: true },
  ],
  "all that a route may have": [
    {
      ips: [{ address: "10.0.0.2/31" }],
      routes: [{
        dst: "10.9.1.1/16",
        gw: "10.0.0.3",
        priority: 5,
        table: 7,
        scope: 200,
        mtu: 1400,
        advmss: 1300,
      }],
    },
    [
      "ip addr add 10.0.0.2/31 dev eth0",
      UP,
      "ip route prepend 10.9.0.0/16 via 10.0.0.3 dev eth0 metric 5 table 7 " +
      "scope 200 mtu 1400 advmss 1300",
    ],
  ],
};

Deno.test("interfaceSteps() gives addresses, sets up, adds routes", async (t) => {
  for (const [why, [addressing, expected, options]] of Object.entries(CASES)) {
    await t.step(why, () => {
      const steps = interfaceSteps("eth0", addressing, options);
      const texts = steps.map((step) => stepText(step, "/n"));
      assertEquals(texts, expected.map((text) => INSIDE + text));
    });
  }
});

Deno.test("interfaceSteps() refuses a next hop in a scope that ends before it", async (t) => {
  const steps = (gw: string, scope: number, dst = "10.9.0.0/24") => () =>
    interfaceSteps("eth0", {
      ips: [{ address: "10.0.0.2/24" }, { address: "fd00::2/64" }],
      routes: [{ dst, gw, scope }],
    });
  for (const [gw, limit] of [["10.0.0.1", 253], ["fd00::1", 254]] as const) {
    await t.step(`IPv4 by ${gw}`, () => {
      steps(gw, limit - 1)();
      const error = assertThrows(steps(gw, limit), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.details, `its scope is ${limit}, and its`);
    });
  }
  await t.step("IPv6 has no scopes", () => {
    steps("fd00::1", 254, "fd09::/64")();
  });
  await t.step("0.0.0.0 is no next hop", () => {
    steps("0.0.0.0", 253)();
  });
  await t.step("a route without a next hop", () => {
    const route = { dst: "10.9.0.0/24", scope: 254 };
    interfaceSteps("eth0", {
      ips: [{ address: "10.0.0.2/24" }],
      routes: [route],
    });
  });
});
