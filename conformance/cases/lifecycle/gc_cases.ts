import { type JsonObject, versionsFrom } from "../../../lib/spec/mod.ts";
import { type Case, demand, type Stage } from "../../suite/mod.ts";
import {
  attach,
  type Attached,
  demandAnswer,
  mustRefuse,
} from "../steps/mod.ts";
import { whyNothingToCheck } from "./check_cases.ts";

const GC = 'CNI 1.1.0, section 2, "GC"';

/** The configuration of a GC that keeps these attachments and no others. */
function keeping(stage: Stage, attached: readonly Attached[]): JsonObject {
  return stage.config({
    "cni.dev/valid-attachments": attached.map(({ sandbox }) => ({
      containerID: sandbox.containerId,
      ifname: sandbox.ifname,
    })),
  });
}

async function collect(
  stage: Stage,
  attached: readonly Attached[],
): Promise<void> {
  const stdin = keeping(stage, attached);
  const said = await stage.mustCall("GC", undefined, { stdin });
  demand(said === undefined, "GC succeeds and prints something");
}

/** Cases about GC and STATUS. */
export const GC_CASES: readonly Case[] = [
  {
    id: "lifecycle/gc-keeps-valid",
    clause: {
      section: GC,
      level: "MUST",
      requirement: "GC succeeds without output, and leaves attachments alone " +
        "that are listed as valid",
      versions: versionsFrom("1.1.0"),
    },
    run: async (stage) => {
      const attached = await attach(stage);
      const { sandbox, input } = attached;
      await collect(stage, [attached]);
      await stage.mustCall("CHECK", sandbox, { stdin: input });
      await demandInterface(attached);
      await stage.mustCall("DEL", sandbox, { stdin: input });
      await collect(stage, []);
    },
  },
  {
    id: "lifecycle/gc-frees-others",
    clause: {
      section: GC,
      level: "SHOULD",
      requirement: "GC removes what belongs to attachments that are not " +
        "listed as valid",
      versions: versionsFrom("1.1.0"),
    },
    skip: ({ profile }) => {
      if (!profile?.promises.includes("gc")) {
        return 'the profile does not promise "gc"';
      }
      if (profile.exclusive) {
        return "its configuration serves one attachment at a time";
      }
      return whyNothingToCheck(profile);
    },
    run: async (stage) => {
      const kept = await attach(stage);
      const stale = await attach(stage);
      await collect(stage, [kept]);
      const why = "CHECK of an attachment that GC was to remove";
      const { sandbox, input: stdin } = stale;
      await mustRefuse(stage, "CHECK", { sandbox, stdin, why });
      await stage.mustCall("CHECK", kept.sandbox, { stdin: kept.input });
    },
  },
  {
    id: "lifecycle/gc-without-attachments",
    clause: {
      section: GC,
      level: "SHOULD",
      requirement: "GC succeeds where nothing was ever added",
      versions: versionsFrom("1.1.0"),
    },
    run: async (stage) => {
      await demandAnswer(stage);
      await collect(stage, []);
    },
  },
  {
    id: "lifecycle/status-ready",
    clause: {
      section: 'CNI 1.1.0, section 2, "STATUS"',
      level: "MUST",
      requirement: "STATUS ends with status 0 while ADD can be served",
      versions: versionsFrom("1.1.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("DEL", sandbox, { stdin: input });
      await stage.mustCall("STATUS", undefined);
    },
  },
  {
    id: "lifecycle/status-not-needed",
    clause: {
      section: 'CNI 1.1.0, section 2, "STATUS"',
      level: "MUST",
      requirement:
        "ADD and DEL work whether or not STATUS was called before, " +
        "and STATUS changes nothing of an attachment",
      versions: versionsFrom("1.1.0"),
    },
    run: async (stage) => {
      const { sandbox, input } = await attach(stage);
      await stage.mustCall("STATUS", undefined);
      await stage.mustCall("CHECK", sandbox, { stdin: input });
      await stage.mustCall("DEL", sandbox, { stdin: input });
    },
  },
];

/** Demands that the interface is there, for plugins that make one. */
async function demandInterface({ sandbox, result }: Attached): Promise<void> {
  if (result.interfaces === undefined) return;
  const link = ["ip", "link", "show", sandbox.ifname];
  const { status } = await sandbox.run(link);
  demand(status === 0, `GC has removed ${sandbox.ifname}, which was valid`);
}
