import { type JsonObject, versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand } from "../../suite/mod.ts";
import { attach } from "../steps/mod.ts";

/** Cases about ADD, and what has to be possible around it. */
export const ADD_CASES: readonly Case[] = [
  {
    id: "lifecycle/add",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "MUST",
      requirement: "ADD ends with status 0 and prints its result on stdout, " +
        "and nothing else",
    },
    run: async (stage) => {
      await attach(stage);
    },
  },
  {
    id: "lifecycle/add-again",
    clause: {
      section: 'CNI 1.1.0, section 3, "Lifecycle & Ordering"',
      level: "SHOULD",
      requirement: "After ADD and DEL a container can be added again",
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("DEL", sandbox, { stdin: input });
      let prevResult: JsonObject | undefined;
      if (stage.subject.profile?.kind === "chained") {
        // The plugin before it in the chain deletes and adds too.
        await sandbox.ip(`link del ${sandbox.ifname}`);
        prevResult = await stage.addPrevious(sandbox);
      }
      const stdin = stage.config({ prevResult });
      const result = await stage.mustCall("ADD", sandbox, { stdin });
      demand(result !== undefined, "The second ADD prints no result");
    },
  },
  {
    id: "lifecycle/add-twice",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "MAY",
      requirement: "A second ADD of an attachment succeeds (the runtime " +
        "should not call it)",
    },
    skip: ({ profile }) =>
      profile?.promises.includes("add-twice")
        ? undefined
        : 'the profile does not promise "add-twice"',
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("ADD", sandbox, { stdin: input });
    },
  },
  {
    id: "lifecycle/concurrent",
    clause: {
      section: 'CNI 1.1.0, section 3, "Lifecycle & Ordering"',
      level: "MUST",
      requirement: "A plugin can be run for several containers at a time",
      versions: versionsFrom("1.0.0"),
    },
    skip: ({ profile }) =>
      profile?.exclusive
        ? "its configuration serves one attachment at a time"
        : undefined,
    run: async (stage) => {
      const numbers = Array.from({ length: 3 }, (_, index) => index);
      const all = await Promise.all(numbers.map(() => attach(stage)));
      await Promise.all(
        all.map(({ sandbox, input }) =>
          stage.mustCall("CHECK", sandbox, { stdin: input })
        ),
      );
      await Promise.all(
        all.map(({ sandbox, input }) =>
          stage.mustCall("DEL", sandbox, { stdin: input })
        ),
      );
    },
  },
];
