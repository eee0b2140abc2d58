import { assertEquals } from "@std/assert";
import type { Effect, Profile, Stage } from "../../suite/mod.ts";
import { effectsOf } from "./attached.ts";

const SANDBOX = {
  containerId: "c1",
  ifname: "eth0",
  path: "/run/netns/a",
  ip: () => Promise.resolve(""),
  run: () => Promise.resolve({ status: 0, stdout: "", stderr: "" }),
  remove: () => Promise.resolve(),
};

const PREVIOUS = {
  cniVersion: "1.1.0",
  interfaces: [
    { name: "br0" },
    { name: "vp1" },
    { name: "eth0", sandbox: "/run/netns/a" },
  ],
  ips: [{ address: "10.0.0.2/24" }, { address: "fd00::2/64" }],
};

/** The effects of a profile whose plugin follows that result. */
function effectsOfProfile(...effects: readonly Effect[]): readonly Effect[] {
  const profile: Profile = {
    ...{ plugin: "p", kind: "chained", config: {}, promises: [] },
    effects,
  };
  const stage = {
    subject: { name: "p", folder: "/f", versions: ["1.1.0"], profile },
    fill: (text: string) => text.replaceAll("{network}", "n1"),
  };
  // What fills in asks nothing else of a stage.
  return effectsOf(stage as unknown as Stage, {
    sandbox: SANDBOX,
    prevResult: PREVIOUS,
  });
}

Deno.test("effectsOf() fills in what the container before it got", () => {
  const text = "{hostIfname} {ifname} {address4} {address6} {containerId} " +
    "{netns} {network} {other}";
  const filled = "vp1 eth0 10.0.0.2 fd00::2 c1 /run/netns/a n1 {other}";
  const where = { what: "rule", place: "host" } as const;
  assertEquals(
    effectsOfProfile(
      { ...where, look: `a ${text}`, shows: `b ${text}`, tamper: `c ${text}` },
      { ...where, look: "a", shows: "b" },
    ),
    [
      {
        ...where,
        look: `a ${filled}`,
        shows: `b ${filled}`,
        tamper: `c ${filled}`,
      },
      { ...where, look: "a", shows: "b" },
    ],
  );
});
