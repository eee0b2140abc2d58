import type { RuntimeCase } from "../../runtime/mod.ts";
import { demand } from "../../suite/mod.ts";
import { must, SECTION, should, WITH_CHECK, WITH_GC } from "./clauses.ts";
import { BACKWARD, demandCalls, FORWARD } from "./demands.ts";

/** The order in which plugins are called. */
export const ORDER_CASES: readonly RuntimeCase[] = [
  {
    id: "runtime/add-order",
    clause: must(
      SECTION.adding,
      "ADD is called for each plugin of the list, first to last",
    ),
    isPerVersion: true,
    async run(stage) {
      demandCalls(await stage.mustRun("add"), "ADD", FORWARD);
    },
  },
  {
    id: "runtime/del-order",
    clause: must(
      SECTION.deleting,
      "DEL is called for each plugin of the list, last to first",
    ),
    isPerVersion: true,
    async run(stage) {
      await stage.mustRun("add");
      demandCalls(await stage.mustRun("del"), "DEL", BACKWARD);
    },
  },
  {
    id: "runtime/check-order",
    clause: must(
      SECTION.checking,
      "CHECK is called for each plugin of the list, first to last",
      WITH_CHECK,
    ),
    isPerVersion: true,
    async run(stage) {
      await stage.mustRun("add");
      demandCalls(await stage.mustRun("check"), "CHECK", FORWARD);
    },
  },
  {
    id: "runtime/gc-order",
    clause: must(
      SECTION.collecting,
      "GC is called for each plugin of the list, first to last",
      WITH_GC,
    ),
    async run(stage) {
      demandCalls(await stage.mustRun("gc"), "GC", FORWARD);
    },
  },
  {
    id: "runtime/status-order",
    clause: should(
      SECTION.status,
      "STATUS is called for each plugin of the list",
      WITH_GC,
    ),
    async run(stage) {
      demandCalls(await stage.mustRun("status"), "STATUS", FORWARD);
    },
  },
  {
    id: "runtime/one-at-a-time",
    clause: must(
      SECTION.lifecycle,
      "No two plugins run at the same time for one container",
    ),
    async run(stage) {
      for (const verb of ["add", "del"] as const) {
        const { calls } = await stage.mustRun(verb);
        demand(calls.length > 0, `"${verb}" called no plugin`);
        const early = calls.find(({ overlaps }) => overlaps);
        demand(
          early === undefined,
          `"${verb}" called ${early?.type} while the plugin before was running`,
        );
      }
    },
  },
];
