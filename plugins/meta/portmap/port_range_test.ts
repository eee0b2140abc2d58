import { assertEquals } from "@std/assert";
import { parseAddress } from "../../../lib/net/mod.ts";
import type { HostPort } from "./mapping.ts";
import { isInRange, portRanges } from "./port_range.ts";

const tcp = (hostPort: number, hostIp?: string): HostPort => ({
  protocol: "tcp",
  hostPort,
  ...(hostIp === undefined ? {} : { hostIp: parseAddress(hostIp) }),
});

Deno.test("portRanges() joins ports that follow each other, and no others", () => {
  const hostIp = parseAddress("127.0.0.1");
  const udp: HostPort = { protocol: "udp", hostPort: 8 };
  const ports = [tcp(9), tcp(7), tcp(8), tcp(8), tcp(11), udp];
  assertEquals(portRanges([...ports, tcp(10, "127.0.0.1")]), [
    { protocol: "tcp", first: 7, last: 9 },
    { protocol: "tcp", first: 11, last: 11 },
    { protocol: "udp", first: 8, last: 8 },
    { protocol: "tcp", first: 10, last: 10, hostIp },
  ]);
  assertEquals(portRanges([]), []);
});

Deno.test("isInRange() asks for protocol, number and address", async (t) => {
  const all = { protocol: "tcp", first: 7, last: 9 } as const;
  const one = { ...all, hostIp: parseAddress("::1") };
  const cases: Record<string, readonly [boolean, boolean]> = {
    "the first": [isInRange(tcp(7), all), true],
    "the last": [isInRange(tcp(9), all), true],
    "one before": [isInRange(tcp(6), all), false],
    "one after": [isInRange(tcp(10), all), false],
    "another protocol": [
      isInRange({ protocol: "udp", hostPort: 8 }, all),
      false,
    ],
    "an address of all": [isInRange(tcp(8, "::1"), all), true],
    "the address": [isInRange(tcp(8, "0:0::1"), one), true],
    "another address": [isInRange(tcp(8, "::2"), one), false],
    "all addresses of one": [isInRange(tcp(8), one), false],
  };
  for (const [why, [found, expected]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(found, expected));
  }
});
