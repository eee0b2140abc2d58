import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniError } from "../../../lib/spec/mod.ts";
import type { Design } from "./design.ts";
import { addressingOf, dnsIn, resultOf } from "./result.ts";

const DESIGN: Design = {
  link: [],
  ready: [],
  interfaces: [
    { name: "br0" },
    { name: "v0", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/n" },
  ],
  finish: () => ({ sandbox: [] }),
};
const OWN = { domain: "own.example" };
const IPAM = { dns: { domain: "ipam.example" } };

Deno.test("addressingOf() gives all addresses to the container's interface", () => {
  const config = { ipamType: "x" };
  const ips = [{ address: "10.0.0.2/24", interface: 7 }];
  assertEquals(addressingOf(DESIGN, { config, ipam: { ips } }), {
    ips: [{ address: "10.0.0.2/24", interface: 2 }],
    routes: [],
  });
  assertEquals(addressingOf(DESIGN, { config, ipam: undefined }), undefined);
  const error = assertThrows(
    () => addressingOf(DESIGN, { config, ipam: {} }),
    CniError,
  );
  assertStringIncludes(error.details, '"x"');
});

Deno.test("resultOf() states what the host's links are in the end", () => {
  const ips = [{ address: "10.0.0.2/24", interface: 2 }];
  const routes = [{ dst: "0.0.0.0/0" }];
  // The last one is a link of the host that has the container's name.
  const links = ["br0", "v0", "eth0"].map((name, index) => ({
    name,
    mac: `02:00:00:00:00:b${index}`,
    operState: "UP",
  }));
  const parts = { addressing: { ips, routes }, dns: OWN, links };
  assertEquals(resultOf(DESIGN, parts), {
    interfaces: [
      { name: "br0", mac: "02:00:00:00:00:b0" },
      { name: "v0", mac: "02:00:00:00:00:b1" },
      { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/n" },
    ],
    ips,
    routes,
    dns: OWN,
  });
});

Deno.test("resultOf() leaves out what there is not", () => {
  const parts = { addressing: undefined, dns: undefined, links: [] };
  const { interfaces } = DESIGN;
  assertEquals(resultOf(DESIGN, parts), { interfaces });
});

Deno.test("dnsIn() prefers the configuration, or takes nothing else", () => {
  const ipam = IPAM;
  assertEquals(dnsIn({}, { config: { dns: OWN }, ipam }), OWN);
  assertEquals(dnsIn({}, { config: {}, ipam }), IPAM.dns);
  assertEquals(dnsIn({}, { config: {}, ipam: undefined }), undefined);
  const kind = { ignoresIpamDns: true };
  assertEquals(dnsIn(kind, { config: {}, ipam }), undefined);
  assertEquals(dnsIn(kind, { config: { dns: OWN }, ipam }), OWN);
});
