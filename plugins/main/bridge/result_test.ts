import { assertEquals } from "@std/assert";
import { bridgeWith, inputFor } from "./_testing.ts";
import { resultOf } from "./result.ts";

const IPV4 = { ips: [{ address: "10.0.0.2/24" }] };

Deno.test("resultOf() tells bridge, pair, and the link in a VLAN", () => {
  const given = { keys: { isGateway: true, vlan: 5 }, ipam: IPV4 };
  const links = [
    bridgeWith(),
    bridgeWith([], { name: "cni0.5", mac: "02:00:00:00:00:05" }),
  ];
  const dns = { domain: "a.example" };
  assertEquals(resultOf(inputFor(given), links, dns), {
    interfaces: [
      { name: "cni0", mac: "02:00:00:00:00:b0" },
      { name: "veth00000001", mac: "02:00:00:00:00:01" },
      { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/c1" },
      { name: "cni0.5", mac: "02:00:00:00:00:05" },
    ],
    ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 2 }],
    routes: [],
    dns,
  });
  const layer2 = resultOf(inputFor({}), [bridgeWith()], undefined);
  assertEquals(Object.keys(layer2), ["interfaces"]);
});
