import { assertEquals } from "@std/assert";
import { type Step, stepText } from "../../../lib/linux/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "./_testing.ts";
import { parseBandwidthConfig } from "./config.ts";
import {
  isClassOf,
  limitSteps,
  NOTHING,
  type Remains,
  removalSteps,
} from "./steps.ts";

const ALL: Remains = { hasShaper: true, hasRedirect: true, hasIfb: true };

const INGRESS = { ingressRate: 1e6, ingressBurst: 1e5 };
const EGRESS = { egressRate: 123456789, egressBurst: 1e6 };

function planWith(keys: JsonObject, remains = NOTHING): readonly Step[] {
  return limitSteps({
    config: parseBandwidthConfig(requestWith(keys)),
    hostName: "veth1",
    mtuBytes: 1400,
    ifb: { name: "bwp1", mac: "02:00:00:00:00:01", alias: "cni/n/c/eth0" },
    remains,
  });
}

function textsOf(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => stepText(step, "/run/netns/c1"));
}

const BUCKET_IN = "tc qdisc add dev veth1 root handle 1: tbf " +
  "rate 125000bps burst 12500 limit 15625";
const ADD_IFB = [
  "ip link add name bwp1 mtu 1400 txqueuelen 0 " +
  "address 02:00:00:00:00:01 type ifb",
  "ip link set dev bwp1 alias cni/n/c/eth0 up",
  "tc qdisc add dev bwp1 root handle 1: tbf " +
  "rate 15432098bps burst 125000 limit 510802",
  "tc qdisc add dev veth1 handle ffff: ingress",
];
const FILTER_IN = "tc filter add dev veth1 parent ffff: protocol";
const REDIRECT = "flowid 1:1 action mirred egress redirect dev bwp1";

Deno.test("limitSteps() limits each direction", async (t) => {
  const redirectAll = [
    `${FILTER_IN} all prio 1 u32 match u32 0 0 ${REDIRECT}`,
  ];
  const cases: Record<string, readonly [JsonObject, readonly string[]]> = {
    "ingress": [INGRESS, [BUCKET_IN]],
    "egress": [EGRESS, [...ADD_IFB, ...redirectAll]],
    "both": [{ ...INGRESS, ...EGRESS }, [
      ...[...ADD_IFB, ...redirectAll, BUCKET_IN],
    ]],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(textsOf(planWith(keys)), expected));
  }
});

Deno.test("limitSteps() lets what is not limited go by", async (t) => {
  const subnets = ["10.0.0.0/8", "fd00::/8"];
  const htb = (defaultClass: number) => [
    `tc qdisc add dev veth1 root handle 1: htb default ${defaultClass} ` +
    "direct_qlen 1000",
    "tc class add dev veth1 parent 1: classid 1:30 htb rate 125000bps " +
    "ceil 125000bps burst 12500 cburst 12500 quantum 1514",
    "tc qdisc add dev veth1 parent 1:30 handle 30: bfifo limit 15625",
  ];
  const toClass = (flow: string) => [
    "tc filter add dev veth1 parent 1: protocol ip prio 1 " +
    `u32 match ip src 10.0.0.0/8 flowid ${flow}`,
    "tc filter add dev veth1 parent 1: protocol ipv6 prio 2 " +
    `u32 match ip6 src fd00::/8 flowid ${flow}`,
  ];
  const cases: Record<string, readonly [JsonObject, readonly string[]]> = {
    "ingress, shaped": [{ ...INGRESS, shapedSubnets: subnets }, [
      ...[...htb(0), ...toClass("1:30")],
    ]],
    "ingress, unshaped": [{ ...INGRESS, unshapedSubnets: subnets }, [
      ...[...htb(30), ...toClass("1:0")],
    ]],
    "egress, shaped": [{ ...EGRESS, shapedSubnets: subnets }, [
      ...ADD_IFB,
      `${FILTER_IN} ip prio 1 u32 match ip dst 10.0.0.0/8 ${REDIRECT}`,
      `${FILTER_IN} ipv6 prio 2 u32 match ip6 dst fd00::/8 ${REDIRECT}`,
    ]],
    "egress, unshaped": [{ ...EGRESS, unshapedSubnets: subnets }, [
      ...ADD_IFB,
      `${FILTER_IN} ip prio 1 u32 match ip dst 10.0.0.0/8 flowid 1:1`,
      `${FILTER_IN} ipv6 prio 2 u32 match ip6 dst fd00::/8 flowid 1:1`,
      `${FILTER_IN} all prio 3 u32 match u32 0 0 ${REDIRECT}`,
    ]],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(textsOf(planWith(keys)), expected));
  }
});

Deno.test("limitSteps() gives a class no longer burst than the kernel takes", async (t) => {
  // At 1000 bytes per second, so that a byte lasts a millisecond.
  const cases = {
    "274 seconds": [274_000, 274_000],
    "a second more": [275_000, 274_000],
    "far more": [500_000_000, 274_000],
  } as const;
  for (const [why, [burstBytes, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const keys = { ingressRate: 8_000, ingressBurst: burstBytes * 8 };
      const subnets = { shapedSubnets: ["10.0.0.0/8"] };
      const [text] = textsOf(planWith({ ...keys, ...subnets }))
        .filter((one) => one.startsWith("tc class "));
      assertEquals(
        text?.slice(text.indexOf(" burst ")),
        ` burst ${expected} cburst ${expected} quantum 1514`,
      );
    });
  }
});

Deno.test("limitSteps() removes first what an earlier ADD has left", () => {
  assertEquals(textsOf(planWith(INGRESS, ALL)), [
    "tc qdisc del dev veth1 root",
    "tc qdisc del dev veth1 ingress",
    "ip link del dev bwp1",
    BUCKET_IN,
  ]);
});

Deno.test("limitSteps() can be taken back as a whole", () => {
  const undo = planWith({ ...INGRESS, ...EGRESS }).flatMap((step) =>
    step.kind === "ip" && step.undo ? [step.undo.join(" ")] : []
  );
  assertEquals(undo, [
    "link del dev bwp1",
    "qdisc del dev veth1 ingress",
    "qdisc del dev veth1 root",
  ]);
});

Deno.test("removalSteps() has nothing to do where nothing is left", () => {
  assertEquals(removalSteps("veth1", "bwp1", NOTHING), []);
});

Deno.test("isClassOf() compares as closely as tc prints", async (t) => {
  const shown = (rate: string) =>
    `class htb 1:30 root leaf 30: prio 0 rate ${rate} ceil ${rate} burst 1b`;
  const cases = {
    "the same": [125_000, "1Mbit", true],
    "rounded by tc": [15_432_098, "123457Kbit", true],
    "in bits": [1, "8bit", true],
    "another": [125_000, "2Mbit", false],
    "of another unit": [125_000, "1Gbit", false],
  } as const;
  for (const [why, [rateBytes, text, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const limit = { rateBytes, burstBytes: 1 };
      assertEquals(isClassOf(limit, shown(text)), expected);
    });
  }
  await t.step("none", () => {
    assertEquals(isClassOf({ rateBytes: 1, burstBytes: 1 }, ""), false);
  });
});
