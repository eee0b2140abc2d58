import { assertEquals } from "@std/assert";
import { formatCidr } from "../../../lib/net/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { targetsIn } from "./target.ts";

Deno.test("targetsIn() finds the container's first address of each family", async (t) => {
  const interfaces = [
    { name: "eth0" },
    { name: "eth0", sandbox: "/run/netns/a" },
    { name: "eth1", sandbox: "/run/netns/a" },
  ];
  const ip = (address: string, index?: number) =>
    index === undefined ? { address } : { address, interface: index };
  const cases: Record<string, readonly [Result, readonly string[]]> = {
    "none": [{}, []],
    "of each family one, IPv4 first": [
      { ips: [ip("fd77::2/64"), ip("10.0.0.2/24"), ip("10.0.0.3/24")] },
      ["10.0.0.2/24", "fd77::2/64"],
    ],
    "not the host's": [{ interfaces, ips: [ip("10.0.0.2/24", 0)] }, []],
    "not another interface's": [
      { interfaces, ips: [ip("10.0.0.2/24", 2)] },
      [],
    ],
    "its own": [
      { interfaces, ips: [ip("10.0.0.1/24", 2), ip("10.0.0.2/24", 1)] },
      ["10.0.0.2/24"],
    ],
    "a negative index is none": [
      { interfaces, ips: [ip("10.0.0.2/24", -1)] },
      ["10.0.0.2/24"],
    ],
    "one of an interface that is not told": [
      { interfaces, ips: [ip("10.0.0.2/24", 7)] },
      ["10.0.0.2/24"],
    ],
  };
  for (const [why, [result, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(targetsIn(result, "eth0").map(formatCidr), expected);
    });
  }
});
