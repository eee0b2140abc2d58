import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { linkOf, requestWith } from "../testing/mod.ts";
import {
  checkAddresses,
  checkContainerLink,
  checkMac,
  checkVethPeer,
  findStated,
  requirePrevResult,
} from "./result_linux.ts";

const PLACE = { netns: "/run/netns/c1", ifname: "eth0" };
const MAC = "02:00:00:00:00:0a";
const RAW = {
  ifname: "eth0",
  ifindex: 2,
  link_index: 7,
  address: MAC,
  linkinfo: { info_kind: "veth" },
  addr_info: [{ local: "10.0.0.2", prefixlen: 24 }],
};

/** The details of the CNI error with code 999 that a comparison ends with. */
function differenceOf(act: () => unknown): string {
  const error = assertThrows(act, CniError);
  assertEquals(error.code, CniCode.Internal);
  return error.details;
}

Deno.test("requirePrevResult() reads it, or refuses with code 7", () => {
  const prevResult = { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/24" }] };
  assertEquals(requirePrevResult(requestWith({ prevResult })).ips, [
    { address: "10.0.0.2/24" },
  ]);
  const error = assertThrows(() => requirePrevResult(requestWith()), CniError);
  assertEquals(error.code, CniCode.InvalidConfig);
});

Deno.test("findStated() goes by name and namespace", () => {
  const others = [
    { name: "eth0" },
    { name: "eth0", sandbox: "/run/netns/c2" },
    { name: "eth1", sandbox: PLACE.netns },
  ];
  const ours = { name: "eth0", sandbox: PLACE.netns };
  assertEquals(findStated([...others, ours], PLACE), ours);
  differenceOf(() => findStated(others, PLACE));
});

Deno.test("checkContainerLink() finds the link, of its kind and address", async (t) => {
  const link = linkOf(RAW);
  const stated = { name: "eth0", sandbox: PLACE.netns, mac: MAC };
  const check = (kind?: string, mac = MAC, links = [link]) =>
    checkContainerLink(links, [{ ...stated, mac }], { ...PLACE, kind });
  await t.step("as it was stated", () => {
    assertEquals([check(), check("veth")], [link, link]);
  });
  const mac = "02:00:00:00:00:0b";
  const cases: Record<string, readonly [() => unknown, string]> = {
    "without it": [() => check("veth", MAC, [{ ...link, name: "eth1" }]), ""],
    "of another kind": [() => check("macvlan"), "macvlan"],
    "with another address": [() => check("veth", mac), mac],
  };
  for (const [why, [act, details]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertStringIncludes(differenceOf(act), details);
    });
  }
});

Deno.test("checkMac() takes capitals, and what is not stated", () => {
  const link = linkOf(RAW);
  checkMac(link, undefined);
  checkMac(link, { name: "eth0" });
  checkMac(link, { name: "eth0", mac: MAC.toUpperCase() });
  differenceOf(() => checkMac(link, { name: "eth0", mac: "02:00:00:00:00:b" }));
});

Deno.test("checkAddresses() compares address and length, not spelling", () => {
  const addr_info = [
    { local: "10.0.0.2", prefixlen: 24 },
    { local: "fd00::2", prefixlen: 64 },
  ];
  const link = linkOf({ ...RAW, addr_info });
  checkAddresses(link, []);
  checkAddresses(link, [
    { address: "10.0.0.2/24" },
    { address: "FD00:0::2/64" },
  ]);
  for (const address of ["10.0.0.2/25", "10.0.0.3/24", "fd00::2/65"]) {
    const ips = [{ address: "10.0.0.2/24" }, { address }];
    assertStringIncludes(
      differenceOf(() => checkAddresses(link, ips)),
      address,
    );
  }
});

Deno.test("checkVethPeer() finds the end that leads to the container's", async (t) => {
  const container = linkOf(RAW);
  const peer = {
    ...RAW,
    ifname: "veth1",
    ifindex: 7,
    link_index: 2,
    address: "02:00:00:00:00:0c",
  };
  const others = [
    { ...peer, ifname: "index", ifindex: 8 },
    { ...peer, ifname: "back", link_index: 3 },
    { ...peer, ifname: "kind", linkinfo: { info_kind: "macvlan" } },
  ];
  const links = [...others, peer].map(linkOf);
  const names = (...all: readonly string[]) => all.map((name) => ({ name }));
  await t.step("among others, and some that are gone", () => {
    const candidates = names("gone", "index", "back", "kind", "veth1");
    const found = checkVethPeer(container, { candidates, links });
    assertEquals(found, linkOf(peer));
  });
  await t.step("among others alone", () => {
    const candidates = names("gone", "index", "back", "kind");
    const act = () => checkVethPeer(container, { candidates, links });
    const error = assertThrows(act, CniError);
    assertEquals(error.code, CniCode.Internal);
  });
  await t.step("with another hardware address", () => {
    const candidates = [...names("gone"), { name: "veth1", mac: MAC }];
    const act = () => checkVethPeer(container, { candidates, links });
    assertThrows(act, CniError, 'Cannot confirm interface "veth1"');
  });
});
