import { versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, Skip } from "../../suite/mod.ts";
import { attach, prepare } from "../steps/mod.ts";

const DEL = 'CNI 1.1.0, section 2, "DEL"';

/** Cases about DEL, which a runtime calls whatever has happened before. */
export const DEL_CASES: readonly Case[] = [
  {
    id: "lifecycle/del",
    clause: {
      section: DEL,
      level: "MUST",
      requirement: "DEL of what was added ends with status 0",
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("DEL", sandbox, { stdin: input });
    },
  },
  {
    id: "lifecycle/del-twice",
    clause: {
      section: DEL,
      level: "MUST",
      requirement: "DEL may be called several times for an attachment, and " +
        "succeeds when nothing is left to do",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      for (let i = 0; i < 3; i++) {
        await stage.mustCall("DEL", sandbox, { stdin: input });
      }
    },
  },
  {
    id: "lifecycle/del-without-add",
    clause: {
      section: DEL,
      level: "MUST",
      requirement: "DEL succeeds if the interface, or whatever ADD would " +
        "have made, is missing",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      // What answers to anything with nothing does not delete either.
      const { input } = await attach(stage);
      const other = await prepare(stage);
      await stage.mustCall("DEL", other.sandbox, { stdin: input });
      await stage.mustCall("DEL", other.sandbox, { stdin: other.input });
    },
  },
  {
    id: "lifecycle/del-interface-gone",
    clause: {
      section: DEL,
      level: "MUST",
      requirement: "DEL succeeds if somebody else has removed the interface",
      versions: versionsFrom("1.0.0"),
    },
    skip: ({ profile }) =>
      profile?.kind !== "interface"
        ? "only a plugin that makes the interface can miss it"
        : undefined,
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      const remove = ["ip", "link", "del", sandbox.ifname];
      const { status } = await sandbox.run(remove);
      if (status !== 0) throw new Skip("its interface cannot be removed");
      await stage.mustCall("DEL", sandbox, { stdin: input });
    },
  },
  {
    id: "lifecycle/del-netns-gone",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement: "DEL succeeds if the network namespace no longer exists",
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await sandbox.remove();
      await stage.mustCall("DEL", sandbox, { stdin: input });
      await stage.mustCall("DEL", sandbox, { stdin: input });
    },
  },
  {
    id: "lifecycle/del-without-prevresult",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement: "DEL succeeds without prevResult",
      versions: versionsFrom("0.4.0"),
    },
    run: async (stage) => {
      const { sandbox } = await attach(stage);
      await stage.mustCall("DEL", sandbox, { stdin: stage.config() });
    },
  },
  {
    id: "lifecycle/del-with-nothing",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement: "DEL succeeds without prevResult and without a network " +
        "namespace, doing as much as it can",
      versions: versionsFrom("0.4.0"),
    },
    run: async (stage) => {
      const { sandbox } = await attach(stage);
      await sandbox.remove();
      const env = { CNI_NETNS: undefined };
      const stdin = stage.config();
      await stage.mustCall("DEL", sandbox, { stdin, env });
    },
  },
  {
    id: "lifecycle/del-after-failed-add",
    clause: {
      section: 'CNI 1.1.0, section 3, "Lifecycle & Ordering"',
      level: "SHOULD",
      requirement: "DEL succeeds after an ADD that failed",
      versions: versionsFrom("1.0.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      const other = await prepare(stage);
      // An interface that cannot be made: its namespace is gone.
      await other.sandbox.remove();
      await stage.call("ADD", other.sandbox, { stdin: other.input });
      await stage.mustCall("DEL", other.sandbox, { stdin: other.input });
      await stage.mustCall("DEL", sandbox, { stdin: input });
    },
  },
];
