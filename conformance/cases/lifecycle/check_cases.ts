import { versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand, type Profile } from "../../suite/mod.ts";
import { attach, mustRefuse } from "../steps/mod.ts";

const CHECK = 'CNI 1.1.0, section 2, "CHECK"';

/** Cases about CHECK. */
export const CHECK_CASES: readonly Case[] = [
  {
    id: "lifecycle/check",
    clause: {
      section: CHECK,
      level: "MUST",
      requirement: "CHECK right after ADD succeeds",
      versions: versionsFrom("0.4.0"),
    },
    isPerVersion: true,
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("CHECK", sandbox, { stdin: input });
    },
  },
  {
    id: "lifecycle/check-prints-nothing",
    clause: {
      section: 'CNI 0.4.0, "Parameters"',
      level: "MUST",
      requirement: "CHECK returns nothing or an error",
      versions: ["0.4.0"],
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      const said = await stage.mustCall("CHECK", sandbox, { stdin: input });
      demand(said === undefined, "CHECK succeeds and prints something");
    },
  },
  {
    id: "lifecycle/check-after-del",
    clause: {
      section: CHECK,
      level: "SHOULD",
      requirement: "CHECK fails when what ADD made is missing, as it is " +
        "after DEL",
      versions: versionsFrom("0.4.0"),
    },
    skip: ({ profile }) => whyNothingToCheck(profile),
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("DEL", sandbox, { stdin: input });
      const why = "CHECK after DEL";
      await mustRefuse(stage, "CHECK", { sandbox, stdin: input, why });
    },
  },
  {
    id: "lifecycle/check-without-prevresult",
    clause: {
      section: CHECK,
      level: "SHOULD",
      requirement: "CHECK, which judges by prevResult, fails without one",
      versions: versionsFrom("0.4.0"),
    },
    skip: ({ profile }) =>
      profile?.kind === "ipam"
        ? "an IPAM plugin may judge by what it keeps itself"
        : undefined,
    run: async (stage) => {
      const { sandbox } = await attach(stage);
      const why = "CHECK without prevResult";
      const stdin = stage.config();
      await mustRefuse(stage, "CHECK", { sandbox, stdin, why });
    },
  },
];

/** Why CHECK of a plugin has nothing to miss after a DEL. */
export function whyNothingToCheck(
  profile: Profile | undefined,
): string | undefined {
  const promises = profile?.promises ?? [];
  return promises.some((one) => one.startsWith("check-"))
    ? undefined
    : "the profile promises nothing of CHECK";
}
