import type { RuntimeCase, RuntimeRun, Verb } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import {
  must,
  SECTION,
  WITH_CHECK,
  WITH_GC,
  WITHOUT_CHECK,
  WITHOUT_GC,
} from "./clauses.ts";
import { demandCalls, FORWARD } from "./demands.ts";

/** When plugins must not be called. */
export const GATE_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/disable-check",
    clause: must(
      SECTION.checking,
      "With disableCheck no plugin is called, and the CHECK succeeds",
      WITH_CHECK,
    ),
    isPerVersion: true,
    async run(stage) {
      stage.configure({ disableCheck: true });
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
      demandNone(await stage.mustRun("check"), "CHECK");
    },
  },
  {
    id: "runtime/disable-gc",
    clause: must(
      SECTION.format,
      "With disableGC no plugin is called for GC",
      WITH_GC,
    ),
    async run(stage) {
      stage.configure({ disableGC: true });
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
      demandNone(await stage.run("gc"), "GC");
    },
  },
  gate("check", "CHECK came with version 0.4.0", WITHOUT_CHECK),
  gate("gc", "GC came with version 1.1.0", WITHOUT_GC),
  gate("status", "STATUS came with version 1.1.0", WITHOUT_GC),
  {
    id: "runtime/check-needs-add",
    clause: must(
      SECTION.check,
      "CHECK is not called for a container that was not added, or was deleted",
      WITH_CHECK,
    ),
    async run(stage) {
      demandNone(await stage.run("check"), "CHECK");
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
      demandCalls(await stage.mustRun("check"), "CHECK", FORWARD);
      await stage.mustRun("del");
      demandNone(await stage.run("check"), "CHECK");
    },
  },
];

function gate(
  verb: Verb,
  requirement: string,
  versions: readonly string[],
): RuntimeCase {
  const command = verb.toUpperCase();
  return {
    id: `runtime/no-old-${verb}`,
    clause: must(
      SECTION.versions,
      `${requirement}: networks of older versions get none`,
      versions,
    ),
    isPerVersion: true,
    async run(stage) {
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
      demandNone(await stage.run(verb), command);
    },
  };
}

function demandNone({ calls }: RuntimeRun, command: string): void {
  const call = calls.find((one) => one.command === command);
  demand(call === undefined, `${command} was called for ${call?.type}`);
}
