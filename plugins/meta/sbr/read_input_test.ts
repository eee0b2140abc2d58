import { assertEquals, assertThrows } from "@std/assert";
import { parseCidr } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { readInput } from "./read_input.ts";

const INTERFACES = [
  { name: "veth1" },
  { name: "eth0", sandbox: "/run/netns/c1" },
  { name: "eth1", sandbox: "/run/netns/c1" },
];

function read(ips?: readonly JsonObject[]) {
  return readInput(requestWith(
    ips === undefined
      ? {}
      : { prevResult: { cniVersion: "1.1.0", interfaces: INTERFACES, ips } },
  ));
}

Deno.test("readInput() takes the addresses of the interface", () => {
  const { ifname, sources } = read([
    { address: "10.0.0.2/24", interface: 1 },
    { address: "10.0.1.2/24", interface: 2 },
  ]);
  assertEquals(ifname, "eth0");
  assertEquals(sources.map(({ cidr }) => cidr), [parseCidr("10.0.0.2/24")]);
});

Deno.test("readInput() refuses what leaves nothing to route by", () => {
  const cases = [
    undefined,
    [],
    [{ address: "10.0.1.2/24", interface: 2 }],
  ];
  for (const ips of cases) {
    const error = assertThrows(() => read(ips), CniError);
    assertEquals(error.code, CniCode.InvalidConfig);
  }
});
