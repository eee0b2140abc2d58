import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { type FakeHost, fakeIp } from "../../shared/testing/mod.ts";
import { configWith } from "./_testing.ts";
import { requireMaster } from "./master_linux.ts";

const NETNS = "/run/netns/c1";
const UP0 = { ifname: "up0", mtu: 1500, flags: ["UP"] };
const UP1 = { ifname: "up1", mtu: 1400, flags: ["UP"] };
const LO = { ifname: "lo", mtu: 65536, flags: ["LOOPBACK", "UP"] };
const LINKS = [LO, UP0, UP1];
const DEFAULT4 = { dst: "default", gateway: "10.0.0.1", dev: "up0" };
const DEFAULT6 = { dst: "default", gateway: "fd00::1", dev: "up1" };

/** The master's name, and where each command has looked. */
async function masterOf(keys: JsonObject, host: FakeHost = {}) {
  const { run, commands } = fakeIp({ links: LINKS, ...host });
  const place = { netns: NETNS, run };
  const { name } = await requireMaster(configWith(keys), place);
  return { name, places: [...new Set(commands.map(({ netns }) => netns))] };
}

Deno.test("requireMaster() finds the link that is named, or a default route's", async (t) => {
  const hops = [{ dev: "up1" }, { dev: "up0" }];
  const several = { dst: "default", gateway: "10.0.0.1", nexthops: hops };
  const cases: Record<string, readonly [JsonObject, FakeHost, string]> = {
    "named": [{ master: "up1" }, { routes: [DEFAULT4] }, "up1"],
    "IPv4's route first": [{}, { routes: [DEFAULT6, DEFAULT4] }, "up0"],
    "IPv6's, if there is no other": [{}, { routes: [DEFAULT6] }, "up1"],
    "the first of several hops": [{}, { routes: [several] }, "up1"],
    "with its own MTU": [{ master: "up1", mtu: 1400 }, {}, "up1"],
  };
  for (const [why, [keys, host, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      assertEquals(await masterOf(keys, host), {
        name: expected,
        places: [undefined],
      });
    });
  }
  await t.step("in the container", async () => {
    const host = { routes: [DEFAULT4] };
    assertEquals(await masterOf({ linkInContainer: true }, host), {
      name: "up0",
      places: [NETNS],
    });
  });
});

Deno.test("requireMaster() refuses with code 7 what cannot be shared", async (t) => {
  const cases: Record<string, JsonObject> = {
    "no default route": {},
    "a link that is not there": { master: "none" },
    "a loopback link": { master: "lo" },
    "an MTU above the master's": { master: "up1", mtu: 1401 },
  };
  for (const [why, keys] of Object.entries(cases)) {
    await t.step(why, async () => {
      const error = await assertRejects(() => masterOf(keys), CniError);
      assertEquals(error.code, CniCode.InvalidConfig);
    });
  }
});
