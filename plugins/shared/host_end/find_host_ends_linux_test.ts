import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { fakeIp, type RawLink, requestWith } from "../testing/mod.ts";
import { findHostEnds, readPrevResult } from "./find_host_ends_linux.ts";

const MAC = "02:00:00:00:00:0a";

function pair(ifname: string, ifalias = "", address = MAC): RawLink {
  return { ifname, ifalias, address, linkinfo: { info_kind: "veth" } };
}

/** The names of the ends that are found for `c1`, `eth0` on `net1`. */
async function namesOf(
  links: readonly RawLink[],
  interfaces: readonly Readonly<Record<string, string>>[] = [],
): Promise<readonly string[]> {
  const prevResult = { cniVersion: "1.1.0", interfaces };
  const { run } = fakeIp({ links });
  const found = await findHostEnds(requestWith({ prevResult }), run);
  return found.map(({ name }) => name);
}

Deno.test("findHostEnds() goes by the alias before prevResult", async () => {
  const links = [
    pair("a", "cni/net1/c1/eth0"),
    pair("b", "cni/net1/c1/eth1"),
    pair("c", "cni/net1/c2/eth0"),
    pair("d", "cni/net2/c1/eth0"),
    pair("e"),
    { ...pair("f", "cni/net1/c1/eth0"), linkinfo: { info_kind: "dummy" } },
  ];
  assertEquals(await namesOf(links, [{ name: "e" }]), ["a"]);
});

Deno.test("findHostEnds() takes pairs without an owner that prevResult states", async () => {
  const links = [
    pair("a", "cni/net1/c2/eth0"),
    pair("b", "someone's"),
    pair("c"),
    pair("d"),
    pair("e"),
  ];
  const interfaces = [
    { name: "a" },
    { name: "b", mac: MAC.toUpperCase() },
    { name: "c", mac: "" },
    { name: "d", sandbox: "/run/netns/c1" },
  ];
  assertEquals(await namesOf(links, interfaces), ["b", "c"]);
  assertEquals(await namesOf(links), []);
});

Deno.test("findHostEnds() refuses a pair with another hardware address", async () => {
  const stated = [{ name: "a", mac: "02:00:00:00:00:0b" }];
  const act = () => namesOf([pair("a")], stated);
  const error = await assertRejects(act, CniError);
  assertEquals(error.code, CniCode.TryAgainLater);
});

Deno.test("readPrevResult() makes nothing of what cannot be read", () => {
  const request = requestWith();
  assertEquals(readPrevResult(request), undefined);
  const config = { ...request.config, raw: { prevResult: 7 } };
  assertEquals(readPrevResult({ ...request, config }), undefined);
});
