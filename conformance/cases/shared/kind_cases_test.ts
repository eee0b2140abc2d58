import { assertEquals } from "@std/assert";
import type { Profile, Subject } from "../../suite/mod.ts";
import { casesFor } from "./kind_cases.ts";

const PROFILE: Profile = {
  plugin: "one",
  kind: "ipam",
  config: {},
  promises: ["gc"],
};

function subject(profile?: Profile): Subject {
  const base = { name: "one", folder: "/plugins", versions: ["1.1.0"] };
  return profile === undefined ? base : { ...base, profile };
}

Deno.test("casesFor() says why a case does not apply", () => {
  const one = {
    id: "ipam/one",
    clause: { section: "1", level: "MUST", requirement: "All is well" },
    promise: "gc",
    unless: ({ pool }: Profile) => pool === undefined ? undefined : "a pool",
    run: () => Promise.resolve(),
  } as const;
  const [made] = casesFor("ipam", [one]);
  const pool = { config: {}, size: 1, reserved: [] };
  assertEquals(
    [
      made?.skip?.(subject()),
      made?.skip?.(subject({ ...PROFILE, kind: "chained" })),
      made?.skip?.(subject({ ...PROFILE, promises: [] })),
      made?.skip?.(subject({ ...PROFILE, pool })),
      made?.skip?.(subject(PROFILE)),
    ],
    [
      "there is no profile for one",
      "one is no ipam plugin",
      'the profile does not promise "gc"',
      "a pool",
      undefined,
    ],
  );
});
