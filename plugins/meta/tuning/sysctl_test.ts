import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  CniCode,
  CniError,
  Fields,
  type JsonObject,
} from "../../../lib/spec/mod.ts";
import { requestWith } from "../../shared/testing/mod.ts";
import { parseSysctls } from "./sysctl.ts";

function parse(
  sysctl: JsonObject | undefined,
  { asked, ifname = "eth0" }: { asked?: JsonObject; ifname?: string } = {},
) {
  const keys = sysctl === undefined ? {} : { sysctl };
  const cni = asked === undefined ? {} : { sysctl: asked };
  return parseSysctls(
    requestWith(keys, { ifname }),
    new Fields(cni, "args.cni"),
  );
}

function pathsOf(names: readonly string[], ifname = "eth0"): readonly string[] {
  const sysctl = Object.fromEntries(names.map((name) => [name, "1"]));
  return parse(sysctl, { ifname }).map(({ path }) => path);
}

Deno.test("parseSysctls() makes paths of names", async (t) => {
  const cases: Record<string, readonly [string, string, string?]> = {
    "dots": ["net.core.somaxconn", "net/core/somaxconn"],
    "slashes": ["net/core/somaxconn", "net/core/somaxconn"],
    "both": ["net/ipv4.conf.all/arp_filter", "net/ipv4/conf/all/arp_filter"],
    "a slash in front": ["/net/core/somaxconn", "net/core/somaxconn"],
    "slashes twice": ["net//core/somaxconn/", "net/core/somaxconn"],
    "the interface": ["net.ipv4.conf.IFNAME.x", "net/ipv4/conf/eth0/x"],
    "an interface with a dot": [
      "net.ipv4.conf.IFNAME.x",
      "net/ipv4/conf/eth0.100/x",
      "eth0.100",
    ],
    "an interface with letters that mean something to replace()": [
      "net.ipv4.conf.IFNAME.x",
      "net/ipv4/conf/e^0/x",
      "e^0",
    ],
    "the first IFNAME only": [
      "net.ipv4.IFNAME.IFNAME",
      "net/ipv4/eth0/IFNAME",
    ],
    "sysctl(8)'s path, with a dot": [
      "net/ipv4/conf/eth0.100/forwarding",
      "net/ipv4/conf/eth0.100/forwarding",
    ],
    "sysctl(8)'s name, with a slash for a dot": [
      "net.ipv4.conf.eth0/100.forwarding",
      "net/ipv4/conf/eth0.100/forwarding",
    ],
    "dots alone": [
      "net.ipv6.neigh.eth0.100.7.gc_stale_time",
      "net/ipv6/neigh/eth0.100.7/gc_stale_time",
    ],
    "a slash in front of dots": [
      "/net/mpls/conf/a.b/input",
      "net/mpls/conf/a.b/input",
    ],
    "deeper, but of no interface": [
      "net/ipv4/a.b/c.d/e",
      "net/ipv4/a/b/c/d/e",
    ],
    "no interface yet": ["net.ipv4.IFNAME.x", "net/ipv4/IFNAME/x", ""],
  };
  for (const [why, [name, path, ifname]] of Object.entries(cases)) {
    await t.step(why, () => assertEquals(pathsOf([name], ifname), [path]));
  }
});

Deno.test("parseSysctls() refuses names that lead elsewhere", async (t) => {
  const cases = {
    "another folder": "kernel.hostname",
    "another folder by slashes": "kernel/hostname",
    "no folder": "net",
    "nothing": "",
    "a name that begins alike": "network.x",
    "up by dots": "net.ipv4...kernel",
    "up by slashes": "net/../kernel/hostname",
    "up at the end": "net/ipv4/..",
    "a space": "net.core.a b",
    "a line break": "net.core.a\nb",
    "a quote": "net.core.a'b",
    "a dollar": "net.core.$(reboot)",
  };
  for (const [why, name] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => parse({ [name]: "1" }), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.details, JSON.stringify(name));
    });
  }
});

Deno.test("parseSysctls() reads values as they are", () => {
  const values = ["1", "", "32768 60999", "32768\t60999", "it's", "$HOME"];
  for (const value of values) {
    assertEquals(parse({ "net.a": value })[0]?.value, value);
  }
});

Deno.test("parseSysctls() refuses values that are no line of text", async (t) => {
  const cases = {
    "a number": 1,
    "true": true,
    "nothing": null,
    "an object": {},
    "a list": ["1"],
    "a line break": "1\n",
    "a control character": "1\u0000",
  };
  for (const [why, value] of Object.entries(cases)) {
    await t.step(why, () => {
      const error = assertThrows(() => parse({ "net.a": value }), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
      assertStringIncludes(error.details, 'sysctl["net.a"]');
    });
  }
});

Deno.test("parseSysctls() has args.cni.sysctl beat sysctl, by parameter", () => {
  const asked = { "net/a/b": "2", "net.c.d": "3" };
  assertEquals(parse({ "net.a.b": "1", "net.e.f": "4" }, { asked }), [
    { name: "net/a/b", path: "net/a/b", value: "2" },
    { name: "net.e.f", path: "net/e/f", value: "4" },
    { name: "net.c.d", path: "net/c/d", value: "3" },
  ]);
  // The reference crashes without a sysctl object.
  assertEquals(parse(undefined, { asked }).length, 2);
});

Deno.test("parseSysctls() takes two spellings of one parameter if they agree", () => {
  assertEquals(parse({ "net.a.b": "1", "net/a/b": "1" }).length, 1);
  const error = assertThrows(
    () => parse({ "net.a.b": "1", "net/a/b": "2" }),
    CniError,
  );
  assertEquals(error.code, CniCode.InvalidConfig);
  assertStringIncludes(error.details, '"net.a.b" and "net/a/b"');
});

Deno.test("parseSysctls() refuses a name that is given twice", () => {
  const request = requestWith({ sysctl: { "net.a.b": "1" } }, {
    stdin: '{"sysctl": {"net.a.b": "1", "net.a.b": "1"}}',
  });
  const error = assertThrows(
    () => parseSysctls(request, new Fields({})),
    CniError,
  );
  assertEquals(error.code, CniCode.InvalidConfig);
  assertEquals(error.message, "duplicated sysctl keys are not allowed");
});
