import { isJsonObject, type Json } from "../../../lib/spec/mod.ts";
import {
  PROBE_TYPES,
  type ProbeCall,
  probeResult,
  type RuntimeCase,
  type RuntimeStage,
  type Verb,
} from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, should, WITH_CHECK } from "./clauses.ts";
import { isSame, show } from "./demands.ts";

const LAST_PLACE = PROBE_TYPES.length - 1;

/** The results that are passed on and kept. */
export const RESULT_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/first-without-result",
    clause: must(
      SECTION.deriving,
      "The first plugin of an ADD gets no prevResult",
    ),
    async run(stage) {
      // After an ADD before, whose result the runtime still knows.
      await stage.mustRun("add");
      await stage.mustRun("del");
      for (const name of ["probe8", "probe9"]) {
        const { calls } = await stage.mustRun("add", { CNI_IFNAME: name });
        demand(calls.length > 0, `"add" called no plugin`);
        const result = calls[0]?.config.prevResult;
        demand(
          result === undefined,
          `prevResult of the first plugin is ${show(result)}`,
        );
      }
    },
  },
  {
    id: "runtime/result-passed-on",
    clause: must(
      SECTION.adding,
      "Each further plugin of an ADD gets the result of the one before as " +
        "prevResult",
    ),
    isPerVersion: true,
    async run(stage) {
      const { calls } = await stage.mustRun("add");
      demand(
        calls.length === PROBE_TYPES.length,
        `"add" called ${calls.length} plugins: expected ${PROBE_TYPES.length}`,
      );
      for (const [place, call] of calls.entries()) {
        if (place > 0) {
          demandResult(call, probeResult(stage.version, place - 1));
        }
      }
    },
  },
  {
    id: "runtime/result-told",
    clause: must(
      SECTION.cnitool,
      `"add" writes the result of the last plugin to stdout`,
    ),
    isPerVersion: true,
    async run(stage) {
      const { record } = await stage.mustRun("add");
      const expected = probeResult(stage.version, LAST_PLACE);
      demand(
        isSame(parse(record.stdout), expected),
        `stdout is ${record.stdout.trim() || "empty"}: expected ` +
          show(expected),
      );
    },
  },
  {
    id: "runtime/check-result",
    clause: must(
      SECTION.checking,
      "Every plugin of a CHECK gets the final result of the ADD as prevResult",
      WITH_CHECK,
    ),
    isPerVersion: true,
    run: (stage) => demandStored(stage, "check"),
  },
  {
    id: "runtime/del-result",
    clause: must(
      SECTION.deleting,
      "Every plugin of a DEL gets the final result of the ADD as prevResult",
      WITH_CHECK,
    ),
    isPerVersion: true,
    run: (stage) => demandStored(stage, "del"),
  },
  {
    id: "runtime/results-kept-apart",
    clause: must(
      SECTION.adding,
      "The result is stored for each interface of a container",
      WITH_CHECK,
    ),
    async run(stage) {
      await stage.mustRun("add", { CNI_IFNAME: "probe8" });
      const other = { ...probeResult(stage.version, LAST_PLACE), routes: [] };
      const stdout = JSON.stringify(other);
      stage.reply(PROBE_TYPES[LAST_PLACE]!, "ADD", { stdout });
      await stage.mustRun("add", { CNI_IFNAME: "probe9" });
      const { calls } = await stage.mustRun("del", { CNI_IFNAME: "probe8" });
      demand(calls.length > 0, `"del" called no plugin`);
      for (const call of calls) {
        demandResult(call, probeResult(stage.version, LAST_PLACE));
      }
    },
  },
  {
    id: "runtime/result-kept-on-failure",
    clause: should(
      SECTION.del,
      "A DEL that failed is repeated with the result of the ADD",
      WITH_CHECK,
    ),
    async run(stage) {
      await stage.mustRun("add");
      const [first] = PROBE_TYPES;
      stage.fail(first, "DEL");
      await stage.mustFail("del");
      stage.reply(first, "DEL", {});
      await demandFinal(stage, "del");
    },
  },
  {
    id: "runtime/result-forgotten",
    clause: should(
      SECTION.del,
      "A second DEL gets no result of an attachment that is gone",
      WITH_CHECK,
    ),
    async run(stage) {
      await stage.mustRun("add");
      await stage.mustRun("del");
      const { calls } = await stage.mustRun("del");
      demand(calls.length > 0, `"del" called no plugin`);
      for (const { type, config } of calls) {
        demand(
          config.prevResult === undefined,
          `prevResult of ${type} is ${show(config.prevResult)}`,
        );
      }
    },
  },
];

/** Sees to it that all plugins get the final result of an ADD. */
async function demandStored(stage: RuntimeStage, verb: Verb): Promise<void> {
  await stage.mustRun("add");
  await demandFinal(stage, verb);
}

async function demandFinal(stage: RuntimeStage, verb: Verb): Promise<void> {
  const { calls } = await stage.mustRun(verb);
  demand(calls.length > 0, `"${verb}" called no plugin`);
  for (const call of calls) {
    demandResult(call, probeResult(stage.version, LAST_PLACE));
  }
}

function demandResult({ type, command, config }: ProbeCall, expected: Json) {
  demand(
    isSame(config.prevResult, expected),
    `prevResult of ${type} at ${command} is ${show(config.prevResult)}: ` +
      `expected ${show(expected)}`,
  );
}

function parse(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
