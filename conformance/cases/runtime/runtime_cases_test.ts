import { assert, assertEquals } from "@std/assert";
import {
  planRuntimeJobs,
  runRuntimeJobs,
  type RuntimeJob,
  type RuntimeSubject,
} from "../../runtime/mod.ts";
import { idleRuntime, miniRuntime } from "../../runtime/_mini_runtime.ts";
import { RUNTIME_CASES } from "./mod.ts";

/** What each fault of the small runtime must be caught by. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  "adds-backward": ["add-order"],
  "deletes-forward": ["del-order"],
  "checks-backward": ["check-order"],
  "collects-first-only": ["gc-order"],
  "asks-last-only": ["status-order"],
  "two-at-a-time": ["one-at-a-time"],
  "odd-container-id": ["container-id"],
  "other-netns": ["netns"],
  "fixed-ifname": ["ifname"],
  "drops-args": ["args"],
  "drops-path": ["path"],
  "drops-path-at-gc": ["gc-path"],
  "collects-for-a-container": ["gc-no-attachment"],
  "drops-args-at-del": ["del-parameters"],
  "drops-args-at-check": ["check-parameters"],
  "runs-elsewhere": ["own-netns"],
  "two-objects": ["one-object"],
  "keeps-plugins-name": ["name"],
  "keeps-plugins-version": ["version"],
  "ignores-versions": ["highest-version"],
  "drops-null": ["other-keys"],
  "passes-capabilities": ["no-capabilities"],
  "all-capabilities": ["runtime-config"],
  "collects-without-list": ["valid-attachments"],
  "keeps-old-result": ["first-without-result"],
  "passes-first-result": ["result-passed-on"],
  "prints-first-result": ["result-told"],
  "checks-without-result": ["check-result"],
  "deletes-without-result": ["del-result"],
  "one-result-for-all": ["results-kept-apart"],
  "forgets-early": ["result-kept-on-failure"],
  "never-forgets": ["result-forgotten", "check-needs-add"],
  "add-goes-on": ["add-stops"],
  "del-goes-on": ["del-stops"],
  "check-goes-on": ["check-fails"],
  "gc-stops": ["gc-goes-on"],
  "tells-one-error": ["gc-tells-all"],
  "status-succeeds": ["status-fails"],
  "tells-no-reason": [
    ...["add-error-told", "del-error-told"],
    ...["check-error-told", "status-error-told"],
  ],
  "needs-error-object": ["error-without-object"],
  "skips-missing": ["missing-plugin"],
  "leaves-failed-adds": ["failed-add-deleted"],
  "deletes-known-only": ["del-after-failed-add", "del-twice"],
  "ignores-disable-check": ["disable-check"],
  "ignores-disable-gc": ["disable-gc"],
  "checks-old-versions": ["no-old-check"],
  "collects-old-versions": ["no-old-gc"],
  "asks-old-versions": ["no-old-status"],
  "checks-anything": ["check-needs-add"],
  "lists-only": ["single-plugin"],
  "takes-any-network": ["unknown-network"],
  "inlined-always": ["plugins-of-folder"],
  "folder-always": ["inlined-only"],
};

/** Each case once, for the newest version that it holds for. */
const JOBS: readonly RuntimeJob[] = [
  ...new Map(
    planRuntimeJobs(RUNTIME_CASES).map((job) => [job.case.id, job]),
  ).values(),
];

async function verdictsOf(subject: RuntimeSubject, jobs: typeof JOBS) {
  const folder = Deno.makeTempDirSync();
  try {
    const options = { subject, folder, unique: "test" };
    const outcomes = await runRuntimeJobs(jobs, options);
    return outcomes.map(({ id, verdict, reason }) => ({
      ...{ id: id.replace("runtime/", ""), verdict, reason },
    }));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const ignore = Deno.build.os !== "linux";

Deno.test({
  name: "each case for runtimes fails on a runtime that is wrong in that",
  ignore,
  async fn(t) {
    for (const [fault, ids] of Object.entries(FAULTS)) {
      await t.step(fault, async () => {
        const jobs = JOBS.filter(({ case: { id } }) =>
          ids.includes(id.replace("runtime/", ""))
        );
        const found = await verdictsOf(miniRuntime(fault), jobs);
        assertEquals(found.map(({ id }) => id).toSorted(), [...ids].toSorted());
        for (const { id, verdict, reason } of found) {
          assert(
            verdict === "failed" || verdict === "warned",
            `${id} is ${verdict}: ${reason}`,
          );
        }
      });
    }
  },
});

Deno.test("every case for runtimes has a runtime that is wrong in it", () => {
  const caught = new Set(Object.values(FAULTS).flat());
  const ids = JOBS.map(({ case: { id } }) => id.replace("runtime/", ""));
  assertEquals(ids.toSorted(), [...caught].toSorted());
});

Deno.test({
  name: "every case for runtimes passes on one that is right",
  ignore,
  async fn() {
    const found = await verdictsOf(miniRuntime("none"), JOBS);
    assertEquals(found.filter(({ verdict }) => verdict !== "passed"), []);
  },
});

Deno.test({
  name: "no case for runtimes passes on one that does nothing",
  ignore,
  async fn() {
    for (const status of [0, 1]) {
      const found = await verdictsOf(idleRuntime(status), JOBS);
      assertEquals(found.filter(({ verdict }) => verdict === "passed"), []);
      assertEquals(found.filter(({ verdict }) => verdict === "broken"), []);
    }
  },
});
