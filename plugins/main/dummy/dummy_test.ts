import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { type IpStep, stepText } from "../../../lib/linux/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { addressingOf, requestWith } from "../../shared/testing/mod.ts";
import { parseDummyConfig } from "./config.ts";
import { designDummy } from "./mod.ts";

const IPAM = { type: "static" };

Deno.test("parseDummyConfig() reads ipam.type and dns, in any case of letters", () => {
  const dns = { domain: "a.example" };
  const parse = (keys: JsonObject) => parseDummyConfig(requestWith(keys));
  assertEquals(parse({ IPAM: { Type: "static" }, DNS: dns, mtu: "5" }), {
    ipamType: "static",
    dns,
  });
  assertEquals(parse({ ipam: IPAM }), { ipamType: "static", dns: undefined });
});

Deno.test("parseDummyConfig() names key, value and remedy", async (t) => {
  const cases: Record<string, readonly [JsonObject, string]> = {
    "no ipam": [{}, "ipam.type is missing"],
    "no type": [{ ipam: {} }, "ipam.type is missing"],
    "an empty type": [{ ipam: { type: "" } }, "ipam.type is missing"],
    "a type of another type": [{ ipam: { type: 5 } }, "ipam.type is 5"],
    "dns of another type": [{ ipam: IPAM, dns: [] }, "dns is []"],
  };
  for (const [why, [keys, details]] of Object.entries(cases)) {
    await t.step(why, () => {
      const act = () => parseDummyConfig(requestWith(keys));
      const error = assertThrows(act, CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.details, details);
    });
  }
});

Deno.test("designDummy() makes the link in the container, with addresses and routes", () => {
  const request = requestWith({ ipam: IPAM }, { netns: "/n" });
  const { link, interfaces, finish } = designDummy(request);
  const [{ mac = "" } = {}] = interfaces;
  const { sandbox } = finish(addressingOf({
    ips: [{ address: "169.254.169.254/32" }, { address: "fd00::2/64" }],
    routes: [{ dst: "10.9.0.0/16" }],
  }));
  const texts = [...link, ...sandbox].map((step) =>
    stepText(step, "/n").replace("nsenter --net=/n ", "")
  );
  assertEquals(texts, [
    `ip link add name eth0 address ${mac} type dummy`,
    "sysctl -w net/ipv6/conf/lo/disable_ipv6=0",
    "sysctl -w net/ipv6/conf/eth0/disable_ipv6=0",
    "sysctl -w net/ipv6/conf/eth0/keep_addr_on_down=1",
    "ip addr add 169.254.169.254/32 dev eth0",
    "ip addr add fd00::2/64 dev eth0",
    "ip link set dev eth0 up",
    "ip route prepend 10.9.0.0/16 dev eth0 scope 0",
    "ip addr show dev eth0",
  ]);
  assertEquals(interfaces, [{ name: "eth0", mac, sandbox: "/n" }]);
  const [step] = link as readonly IpStep[];
  assertEquals(step?.undo, ["link", "del", "dev", "eth0"]);
});
