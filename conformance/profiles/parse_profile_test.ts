import { assertEquals, assertThrows } from "@std/assert";
import { loadProfiles } from "./load_profiles.ts";
import { parseProfile, ProfileError } from "./parse_profile.ts";

const LEAST = { plugin: "p", kind: "ipam", config: { ipam: {} } };

function parse(keys: Readonly<Record<string, unknown>>) {
  return parseProfile(JSON.stringify({ ...LEAST, ...keys }), "p.json");
}

Deno.test("parseProfile() reads the least and the most", () => {
  assertEquals(parse({}), { ...LEAST, kind: "ipam", promises: [] });
  const most = {
    about: "What it is",
    runtimeConfig: { ips: [] },
    args: "A=1",
    promises: ["gc", "status"],
    needs: { programs: ["ping"], links: ["veth"] },
    setup: ["link add {device} type veth peer name {device}p"],
    refused: { "a text": { ipam: "x" } },
    ifname: "lo",
    exclusive: true,
    shared: ["{bridge}"],
    changes: ["ips"],
    effects: [{ what: "a rule", place: "host", look: "ip rule", shows: "^1" }],
  };
  const read: Readonly<Record<string, unknown>> = { ...parse(most) };
  assertEquals(read, { ...LEAST, ...most });
});

Deno.test("parseProfile() refuses what is wrong, and says where", async (t) => {
  const cases: Record<string, readonly [Record<string, unknown>, string]> = {
    "no plugin": [{ plugin: undefined }, "plugin is nothing"],
    "a kind that is none": [
      { kind: "main" },
      'kind is "main": expected one of interface, ipam, chained',
    ],
    "no config": [{ config: undefined }, "config is nothing"],
    "a promise that is none": [
      { promises: ["gc", "luck"] },
      'promises[1] is "luck": expected one of check-link',
    ],
    "an unknown key": [{ promise: [] }, "promise is []: expected no such key"],
    "a wrong type": [{ setup: "link add" }, "setup is"],
    "a wrong type within": [
      { needs: { links: [1] } },
      "needs.links[0] is 1: expected a string",
    ],
    "a bad pattern": [
      { effects: [{ what: "x", place: "host", look: "x", shows: "(" }] },
      'effects[0].shows is "(": expected a regular expression',
    ],
  };
  for (const [why, [keys, message]] of Object.entries(cases)) {
    await t.step(why, () => {
      const start = "Cannot use the profile p.json: ";
      assertThrows(() => parse(keys), ProfileError, start + message);
    });
  }
  await t.step("no JSON", () => {
    const act = () => parseProfile("{", "p.json");
    assertThrows(act, ProfileError, "line 1, column 2");
  });
});

Deno.test("loadProfiles() has the shipped ones, and others over them", () => {
  const shipped = loadProfiles([]);
  assertEquals(shipped.get("bridge")?.kind, "interface");
  const text = JSON.stringify({ ...LEAST, plugin: "bridge" });
  const own = loadProfiles([{ source: "x", text }]);
  assertEquals(own.get("bridge")?.kind, "ipam");
  assertEquals(own.size, shipped.size);
});
