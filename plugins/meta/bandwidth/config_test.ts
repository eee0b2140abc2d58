import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatCidr } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "./_testing.ts";
import { parseBandwidthConfig } from "./config.ts";

const LIMIT = { rateBytes: 1000, burstBytes: 2000 };
const INGRESS = { ingressRate: 8000, ingressBurst: 16_000 };
const EGRESS = { egressRate: 8000, egressBurst: 16_000 };

Deno.test("parseBandwidthConfig() reads limits in bits as bytes", async (t) => {
  const cases: Record<string, readonly [JsonObject, object]> = {
    "none": [{}, {}],
    "zeros": [{ ingressRate: 0, egressBurst: 0 }, {}],
    "null": [{ ingressRate: null }, {}],
    "ingress": [INGRESS, { ingress: LIMIT }],
    "both": [{ ...INGRESS, ...EGRESS }, { ingress: LIMIT, egress: LIMIT }],
    "keys in other letters": [
      { INGRESSRATE: 8000, ingressburst: 16_000 },
      { ingress: LIMIT },
    ],
    "bits beyond a byte": [
      { egressRate: 8007, egressBurst: 16_001 },
      { egress: LIMIT },
    ],
    "the largest": [
      {
        egressRate: Number.MAX_SAFE_INTEGER,
        egressBurst: (2 ** 32 - 1) * 8 - 1,
      },
      {
        egress: { rateBytes: 1_125_899_906_842_623, burstBytes: 4_294_967_294 },
      },
    ],
    "of the runtime": [
      { runtimeConfig: { bandWidth: EGRESS } },
      { egress: LIMIT },
    ],
    "of the configuration, if it says anything": [
      { ...INGRESS, runtimeConfig: { bandwidth: EGRESS } },
      { ingress: LIMIT },
    ],
    "of the configuration, if it says zero": [
      { egressRate: 0, runtimeConfig: { bandwidth: EGRESS } },
      {},
    ],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const none = {
        ingress: undefined,
        egress: undefined,
        subnets: undefined,
      };
      const config = parseBandwidthConfig(requestWith(keys));
      assertEquals(config, { ...none, ...expected });
    });
  }
});

Deno.test("parseBandwidthConfig() reads subnets", async (t) => {
  const own = { shapedSubnets: ["10.1.2.3/8", "FD00::1/8"] };
  const cases: Record<string, readonly [JsonObject, unknown]> = {
    "empty lists": [{ shapedSubnets: [], unshapedSubnets: [] }, undefined],
    "shaped": [own, [true, "10.0.0.0/8", "fd00::/8"]],
    "unshaped": [{ unshapedSubnets: ["::/0"] }, [false, "::/0"]],
    "for limits of the runtime": [
      { ...own, runtimeConfig: { bandwidth: EGRESS } },
      [true, "10.0.0.0/8", "fd00::/8"],
    ],
    "of the runtime": [
      {
        ...own,
        runtimeConfig: { bandwidth: { unshapedSubnets: ["192.0.2.0/24"] } },
      },
      [false, "192.0.2.0/24"],
    ],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { subnets } = parseBandwidthConfig(requestWith(keys));
      const found = subnets &&
        [subnets.areShaped, ...subnets.list.map(formatCidr)];
      assertEquals<unknown>(found, expected);
    });
  }
});

Deno.test("parseBandwidthConfig() refuses what will not do", async (t) => {
  const cases: Record<string, readonly [JsonObject, readonly string[]]> = {
    "rate as text": [{ ingressRate: "1M" }, ["ingressRate", '"1M"']],
    "rate as a list": [{ ingressRate: [1] }, ["ingressRate"]],
    "burst true": [{ egressBurst: true }, ["egressBurst", "true"]],
    "negative": [{ egressRate: -1 }, ["egressRate", "-1"]],
    "fraction": [{ egressRate: 8.5 }, ["egressRate", "8.5"]],
    "less than a byte": [
      { ingressRate: 7, ingressBurst: 80 },
      ["ingressRate", "7", "from 8"],
    ],
    "burst less than a byte": [
      { ingressRate: 80, ingressBurst: 1 },
      ["ingressBurst", "1"],
    ],
    "rate beyond what is exact": [
      { ingressRate: 2 ** 53, ingressBurst: 80 },
      ["ingressRate"],
    ],
    "burst beyond 4 GB": [
      { egressRate: 80, egressBurst: (2 ** 32 - 1) * 8 },
      ["egressBurst", "34359738360"],
    ],
    "rate without burst": [
      { ingressRate: 1000 },
      ["ingressRate is 1000", "ingressBurst is absent", "set both"],
    ],
    "burst without rate": [
      { egressBurst: 1000, egressRate: 0 },
      ["egressBurst is 1000", "egressRate is 0"],
    ],
    "of the runtime": [
      { runtimeConfig: { bandwidth: { ingressRate: 1000 } } },
      ["runtimeConfig.bandwidth.ingressRate is 1000"],
    ],
    "runtimeConfig.bandwidth no object": [
      { runtimeConfig: { bandwidth: 5 } },
      ["runtimeConfig.bandwidth", "5"],
    ],
    "subnets as text": [{ shapedSubnets: "10.0.0.0/8" }, ["shapedSubnets"]],
    "a number as subnet": [{ shapedSubnets: [10] }, ["shapedSubnets[0]"]],
    "no subnet": [
      { unshapedSubnets: ["10.0.0.0/8", "10.0.0.1"] },
      ["unshapedSubnets[1]", "10.0.0.1", "10.0.0.0/8"],
    ],
    "a second line": [
      { unshapedSubnets: ["10.0.0.0/8\nqdisc del dev eth0 root"] },
      ["unshapedSubnets[0]"],
    ],
    "shaped and unshaped": [
      { shapedSubnets: ["10.0.0.0/8"], unshapedSubnets: ["fd00::/8"] },
      ["shapedSubnets and unshapedSubnets"],
    ],
  };
  for (const [why, [keys, words]] of Object.entries(cases)) {
    await t.step(why, () => {
      const act = () => parseBandwidthConfig(requestWith(keys));
      const error = assertThrows(act, CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      for (const word of words) assertStringIncludes(error.details, word);
    });
  }
});
