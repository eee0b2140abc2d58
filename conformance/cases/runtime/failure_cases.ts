import { PROBE_TYPES, type RuntimeCase, type Verb } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, should, WITH_CHECK, WITH_GC } from "./clauses.ts";
import { BACKWARD, demandCalls, FORWARD } from "./demands.ts";

const [FIRST, MIDDLE, LAST] = PROBE_TYPES;

/** A message that no runtime has of itself. */
const MESSAGE = "the moon is in the way";

const SECTIONS = {
  add: SECTION.adding,
  del: SECTION.deleting,
  check: SECTION.checking,
  status: SECTION.status,
} as const;

const VERSIONS: Partial<Record<Verb, readonly string[]>> = {
  check: WITH_CHECK,
  status: WITH_GC,
};

/** What becomes of the errors of plugins. */
export const FAILURE_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/add-stops",
    clause: must(
      SECTION.adding,
      "When a plugin fails at ADD, those after it are not called and the " +
        "ADD fails",
    ),
    isPerVersion: true,
    async run(stage) {
      stage.fail(MIDDLE, "ADD");
      demandCalls(await stage.mustFail("add"), "ADD", [FIRST, MIDDLE]);
    },
  },
  {
    id: "runtime/del-stops",
    clause: must(
      SECTION.deleting,
      "When a plugin fails at DEL, those before it in the list are not " +
        "called and the DEL fails",
    ),
    async run(stage) {
      await stage.mustRun("add");
      stage.fail(MIDDLE, "DEL");
      demandCalls(await stage.mustFail("del"), "DEL", [LAST, MIDDLE]);
    },
  },
  {
    id: "runtime/check-fails",
    clause: must(
      SECTION.checking,
      "When a plugin fails at CHECK, those after it are not called and the " +
        "CHECK fails",
      WITH_CHECK,
    ),
    async run(stage) {
      await stage.mustRun("add");
      stage.fail(MIDDLE, "CHECK");
      demandCalls(await stage.mustFail("check"), "CHECK", [FIRST, MIDDLE]);
    },
  },
  {
    id: "runtime/gc-goes-on",
    clause: must(
      SECTION.collecting,
      "When a plugin fails at GC, the others are called nevertheless and the " +
        "GC fails",
      WITH_GC,
    ),
    async run(stage) {
      stage.fail(FIRST, "GC");
      demandCalls(await stage.mustFail("gc"), "GC", FORWARD);
    },
  },
  {
    id: "runtime/gc-tells-all",
    clause: must(
      SECTION.collecting,
      "All errors of a GC are told",
      WITH_GC,
    ),
    async run(stage) {
      stage.fail(FIRST, "GC", `first: ${MESSAGE}`);
      stage.fail(LAST, "GC", `last: ${MESSAGE}`);
      const { text } = await stage.mustFail("gc");
      for (const which of ["first", "last"]) {
        demand(
          text.includes(`${which}: ${MESSAGE}`),
          `The error of the ${which} plugin is not told`,
        );
      }
    },
  },
  {
    id: "runtime/status-fails",
    clause: must(
      SECTION.status,
      "When a plugin fails at STATUS, so does the network's",
      WITH_GC,
    ),
    async run(stage) {
      stage.fail(LAST, "STATUS");
      await stage.mustRun("add");
      const { calls } = await stage.mustFail("status");
      demand(
        calls.some(({ type }) => type === LAST),
        "STATUS failed, but the plugin that fails was not called",
      );
    },
  },
  ...(["add", "del", "check", "status"] as const).map(errorIsTold),
  {
    id: "runtime/error-without-object",
    clause: must(
      SECTION.adding,
      "A plugin that exits with another status than 0 has failed, whatever " +
        "it writes",
    ),
    async run(stage) {
      stage.reply(MIDDLE, "ADD", { stderr: "oh no", status: 3 });
      demandCalls(await stage.mustFail("add"), "ADD", [FIRST, MIDDLE]);
    },
  },
  {
    id: "runtime/missing-plugin",
    clause: must(
      SECTION.adding,
      "A plugin that cannot be found is an error",
    ),
    async run(stage) {
      await stage.mustRun("add");
      await stage.mustRun("del");
      stage.remove(LAST);
      const { calls } = await stage.mustFail("add");
      demand(
        calls.every(({ type }) => type !== LAST),
        "A plugin was called that is not there",
      );
    },
  },
  {
    id: "runtime/failed-add-deleted",
    clause: should(
      SECTION.lifecycle,
      "A failed ADD is followed by DEL; a tool for one call may leave it to " +
        "its caller",
    ),
    async run(stage) {
      stage.fail(MIDDLE, "ADD");
      const { calls } = await stage.mustFail("add");
      const deleted = calls.filter(({ command }) => command === "DEL");
      demand(
        deleted.some(({ type }) => type === FIRST),
        "The plugin that had succeeded was not called with DEL",
      );
    },
  },
  {
    id: "runtime/del-after-failed-add",
    clause: must(
      SECTION.lifecycle,
      "A DEL is executed even if the ADD failed: it reaches every plugin",
    ),
    isPerVersion: true,
    async run(stage) {
      stage.fail(MIDDLE, "ADD");
      await stage.mustFail("add");
      demandCalls(await stage.mustRun("del"), "DEL", BACKWARD);
    },
  },
  {
    id: "runtime/del-twice",
    clause: must(
      SECTION.lifecycle,
      "A DEL may be followed by others, which reach every plugin",
    ),
    async run(stage) {
      await stage.mustRun("add");
      await stage.mustRun("del");
      demandCalls(await stage.mustRun("del"), "DEL", BACKWARD);
    },
  },
];

function errorIsTold(verb: keyof typeof SECTIONS): RuntimeCase {
  const command = verb.toUpperCase();
  return {
    id: `runtime/${verb}-error-told`,
    clause: must(
      SECTIONS[verb],
      `The error of a plugin at ${command} is returned to the caller`,
      VERSIONS[verb],
    ),
    async run(stage) {
      if (verb !== "add") await stage.mustRun("add");
      stage.fail(MIDDLE, command, MESSAGE);
      const { text } = await stage.mustFail(verb);
      demand(text.includes(MESSAGE), "The plugin's message is not told");
    },
  };
}
