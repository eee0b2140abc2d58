import { versionsFrom } from "../../../lib/spec/mod.ts";
import {
  type Case,
  demand,
  type Subject,
  whyUnusable,
} from "../../suite/mod.ts";
import { attach, prepare } from "../steps/mod.ts";

/** Cases about variables that a plugin has to do without. */
export const OPTIONAL_CASES: readonly Case[] = [
  {
    id: "protocol/path-optional",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD", "DEL" and "CHECK"',
      level: "MUST",
      requirement: "CNI_PATH is optional for ADD, CHECK and DEL of a plugin " +
        "that delegates nothing",
      versions: versionsFrom("1.0.0"),
    },
    skip: (subject) => whyUnusable(subject) ?? whyDelegating(subject),
    run: async (stage) => {
      const env = { CNI_PATH: undefined };
      const { sandbox, input } = await prepare(stage);
      const result = await stage.mustCall("ADD", sandbox, {
        ...{ stdin: input, env },
      });
      demand(result !== undefined, "ADD prints no result");
      const stdin = stage.config({ prevResult: result });
      await stage.mustCall("CHECK", sandbox, { stdin, env });
      await stage.mustCall("DEL", sandbox, { stdin, env });
    },
  },
  {
    id: "protocol/netns-optional",
    clause: {
      section: 'CNI 1.1.0, section 2, "DEL"',
      level: "MUST",
      requirement: "CNI_NETNS is optional for DEL",
      versions: versionsFrom("1.0.0"),
    },
    skip: whyUnusable,
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      const env = { CNI_NETNS: undefined };
      await stage.mustCall("DEL", sandbox, { stdin: input, env });
    },
  },
  {
    id: "protocol/status-variables",
    clause: {
      section: 'CNI 1.1.0, section 2, "STATUS"',
      level: "MUST",
      requirement: "STATUS needs no variable but CNI_COMMAND, if nothing is " +
        "delegated",
      versions: versionsFrom("1.1.0"),
    },
    skip: (subject) => whyUnusable(subject) ?? whyDelegating(subject),
    run: async (stage) => {
      // What answers to anything with nothing is not asked for its status.
      await attach(stage);
      const env = { CNI_PATH: undefined };
      await stage.mustCall("STATUS", undefined, { env });
    },
  },
];

function whyDelegating({ profile, name }: Subject): string | undefined {
  const delegates = profile?.config.ipam !== undefined ||
    profile?.config.delegate !== undefined;
  return delegates && profile.kind !== "ipam"
    ? `${name} delegates, for which it needs CNI_PATH`
    : undefined;
}
