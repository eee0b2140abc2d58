import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { formatAddress, parseAddress } from "../../../lib/net/mod.ts";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { formatRange, isInRange, RANGE_KEY, rangesOverlap } from "./range.ts";

function rangeOf(object: JsonObject) {
  return RANGE_KEY.read(object, "ipam.ranges[0][0]")!;
}

Deno.test("RANGE_KEY fills in start, end and gateway", async (t) => {
  const cases: Record<string, [JsonObject, string, string]> = {
    "IPv4 without network and broadcast": [
      { subnet: "10.1.2.0/24" },
      "10.1.2.1-10.1.2.254",
      "10.1.2.1",
    ],
    "IPv6 with its last address": [
      { subnet: "2001:DB8::/64" },
      "2001:db8::1-2001:db8::ffff:ffff:ffff:ffff",
      "2001:db8::1",
    ],
    "smallest IPv4": [
      { subnet: "10.0.0.4/30" },
      "10.0.0.5-10.0.0.6",
      "10.0.0.5",
    ],
    "smallest IPv6": [{ subnet: "fd00::/126" }, "fd00::1-fd00::3", "fd00::1"],
    "all of IPv4": [
      { subnet: "0.0.0.0/0" },
      "0.0.0.1-255.255.255.254",
      "0.0.0.1",
    ],
    "IPv6 whose number is small": [
      { subnet: "::100:0/120" },
      "::100:1-::100:ff",
      "::100:1",
    ],
    "network and broadcast when asked for": [
      { subnet: "10.0.0.0/24", rangeStart: "10.0.0.0", rangeEnd: "10.0.0.255" },
      "10.0.0.0-10.0.0.255",
      "10.0.0.1",
    ],
    "a range of one": [
      { subnet: "10.0.0.0/24", rangeStart: "10.0.0.9", rangeEnd: "10.0.0.9" },
      "10.0.0.9-10.0.0.9",
      "10.0.0.1",
    ],
    "a gateway from anywhere": [
      { subnet: "10.0.0.0/24", gateway: "192.0.2.1" },
      "10.0.0.1-10.0.0.254",
      "192.0.2.1",
    ],
    "empty texts are absent": [
      { subnet: "10.0.0.0/24", rangeStart: "", rangeEnd: "", gateway: "" },
      "10.0.0.1-10.0.0.254",
      "10.0.0.1",
    ],
    "keys in any letter case": [
      { Subnet: "10.0.0.0/24", RANGESTART: "10.0.0.7", rangeend: "10.0.0.8" },
      "10.0.0.7-10.0.0.8",
      "10.0.0.1",
    ],
  };
  for (const [why, [object, interval, gateway]] of Object.entries(cases)) {
    await t.step(why, () => {
      const range = rangeOf(object);
      assertEquals(formatRange(range), interval);
      assertEquals(formatAddress(range.gateway), gateway);
    });
  }
});

Deno.test("RANGE_KEY names key, value and remedy", async (t) => {
  const v4 = { subnet: "10.0.0.0/24" };
  const cases: Record<string, [JsonObject, ...string[]]> = {
    "no subnet": [{}, "subnet", "nothing"],
    "null subnet": [{ subnet: null }, "subnet", "expected a network"],
    "empty subnet": [{ subnet: "" }, "subnet", '""'],
    "subnet of another type": [{ subnet: 10 }, "subnet", "10"],
    "subnet without length": [{ subnet: "10.0.0.0" }, "subnet", '"10.0.0.0"'],
    "subnet with netmask": [
      { subnet: "10.0.0.0/255.0.0.0" },
      "subnet",
      "10.0.0.0/255.0.0.0",
    ],
    "host bits": [{ subnet: "10.0.0.7/24" }, "10.0.0.7/24", '"10.0.0.0/24"'],
    "/31": [{ subnet: "10.0.0.0/31" }, "/31", "too small to allocate from"],
    "/32": [{ subnet: "10.0.0.0/32" }, "/32", "/30 or larger"],
    "/127": [{ subnet: "fd00::/127" }, "/127", "/126 or larger"],
    "/128": [{ subnet: "fd00::/128" }, "/128", "too small to allocate from"],
    "small, whatever start and end say": [
      { subnet: "10.0.0.0/31", rangeStart: "10.0.0.0", rangeEnd: "10.0.0.1" },
      "too small to allocate from",
    ],
    "IPv4 in IPv6": [
      { subnet: "::ffff:10.0.0.0/120" },
      "::ffff:10.0.0.0/120",
      '"10.0.0.0/24"',
    ],
    "newline": [{ subnet: "10.0.0.0/24\n" }, "subnet", "\\n"],
    "start of another type": [
      { ...v4, rangeStart: true },
      "rangeStart",
      "true",
    ],
    "start that is none": [{ ...v4, rangeStart: "x" }, "rangeStart", '"x"'],
    "start with length": [
      { ...v4, rangeStart: "10.0.0.5/24" },
      "rangeStart",
      "10.0.0.5/24",
    ],
    "start outside": [
      { ...v4, rangeStart: "10.0.1.5" },
      "rangeStart",
      "10.0.1.5",
      "an address in 10.0.0.0/24",
    ],
    "start of the other family": [
      { ...v4, rangeStart: "fd00::1" },
      "rangeStart",
      "fd00::1",
    ],
    "end outside": [{ ...v4, rangeEnd: "10.0.1.5" }, "rangeEnd", "10.0.1.5"],
    "end of another type": [{ ...v4, rangeEnd: [] }, "rangeEnd", "[]"],
    "start after end": [
      { ...v4, rangeStart: "10.0.0.9", rangeEnd: "10.0.0.8" },
      "rangeStart",
      "10.0.0.9",
      "not after the end, 10.0.0.8",
    ],
    "start after the end that is filled in": [
      { ...v4, rangeStart: "10.0.0.255" },
      "rangeStart",
      "10.0.0.255",
      "10.0.0.254",
    ],
    "end before the start that is filled in": [
      { ...v4, rangeEnd: "10.0.0.0" },
      "rangeEnd",
      "10.0.0.0",
      "10.0.0.1",
    ],
    "gateway that is none": [{ ...v4, gateway: "gw" }, "gateway", '"gw"'],
    "gateway of another type": [{ ...v4, gateway: 1 }, "gateway", "1"],
    "leading zero": [{ ...v4, gateway: "10.0.0.01" }, "gateway", "10.0.0.01"],
    "10 kB": [{ subnet: "1".repeat(10_000) }, "subnet", "(cut)"],
  };
  for (const [why, [object, ...fragments]] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => rangeOf(object), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.message, "ipam.ranges[0][0].");
      for (const fragment of fragments) {
        assertStringIncludes(error.toString(), fragment);
      }
    });
  }
});

Deno.test("isInRange() includes both ends, and one family", () => {
  const range = rangeOf({
    subnet: "10.0.0.0/24",
    rangeStart: "10.0.0.4",
    rangeEnd: "10.0.0.6",
  });
  const texts = ["10.0.0.3", "10.0.0.4", "10.0.0.6", "10.0.0.7", "::a00:5"];
  assertEquals(
    texts.map((text) => isInRange(range, parseAddress(text))),
    [false, true, true, false, false],
  );
});

Deno.test("rangesOverlap() compares what is handed out, not subnets", () => {
  const subnet = "10.0.0.0/24";
  const low = rangeOf({ subnet, rangeEnd: "10.0.0.9" });
  const high = rangeOf({ subnet, rangeStart: "10.0.0.10" });
  const both = rangeOf({
    subnet,
    rangeStart: "10.0.0.9",
    rangeEnd: "10.0.0.10",
  });
  const v6 = rangeOf({ subnet: "fd00::/64" });
  assertEquals(rangesOverlap(low, high), false);
  assertEquals(rangesOverlap(low, both), true);
  assertEquals(rangesOverlap(both, high), true);
  assertEquals(rangesOverlap(rangeOf({ subnet }), both), true);
  assertEquals(rangesOverlap(both, rangeOf({ subnet })), true);
  assertEquals(rangesOverlap(low, v6), false);
});
