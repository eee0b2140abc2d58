import { assertEquals } from "@std/assert";
import { openStage, planJobs, runJobs } from "../../conformance/run/mod.ts";
import type {
  Case,
  Profile,
  Subject,
  Verdict,
} from "../../conformance/suite/mod.ts";
import { whyNot } from "../e2e/_requirements.ts";

/** How well a family of cases tells right plugins from wrong ones. */
export interface MutantTest {
  /** The family, for the title. */
  readonly family: string;
  readonly cases: readonly Case[];
  /** The right plugin's file in `right`. */
  readonly plugin: string;
  readonly profile: Profile;
  /** For each case, by its id, what a plugin does wrong that must fail it. */
  readonly faults: Readonly<Record<string, string>>;
  /** Programs that are needed. */
  readonly needs?: readonly string[];
}

/**
 * Registers a test that each case passes on the right plugin, fails on the one
 * with its fault, and does not pass on an executable that does nothing.
 */
export function mutantTest(
  { family, needs = [], ...test }: MutantTest,
): void {
  const title = `the cases of ${family} tell right plugins from wrong ones`;
  const reason = whyNot(needs);
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: () => tell(test),
  });
}

type Told = Readonly<Record<string, Readonly<Record<string, string>>>>;

async function tell(
  { cases, plugin, profile, faults }: Omit<MutantTest, "family" | "needs">,
): Promise<void> {
  assertEquals(
    Object.keys(faults).toSorted(),
    cases.map(({ id }) => id).toSorted(),
  );
  const folder = await Deno.makeTempDir({ prefix: "cni-mutants-" });
  await using cleanup = new AsyncDisposableStack();
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const add = async (name: string, script: string): Promise<Subject> => {
    const path = `${folder}/${name}`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return { name, folder, versions: ["1.1.0"], profile };
  };
  const file = new URL(`right/${plugin}`, import.meta.url).pathname;
  const run = `DENO_DIR="${folder}/deno" exec "${Deno.execPath()}" run ` +
    `--quiet --no-config --no-check --allow-all "${file}"`;
  const right = await add("right", run);
  const empty = await add("empty", "exit 0");
  const told: Record<string, Record<string, string>> = {};
  const jobs = [];
  for (const one of cases) {
    const fault = faults[one.id]!;
    const wrong = await add(fault, `${run} ${fault}`);
    jobs.push(...planJobs([right, wrong, empty], [one], "1.1.0"));
  }
  const outcomes = await runJobs(jobs, {
    openStage: (job) =>
      openStage({
        ...{ subject: job.subject, version: job.version, path: PATH },
        callLimitMs: 30_000,
      }),
    stages: 2,
  });
  for (const { id, subject, verdict, reason } of outcomes) {
    const row = told[id] ??= {};
    row[ROLES[subject] ?? "wrong"] = EXPECTED.includes(verdict)
      ? verdict.replace("warned", "failed")
      : `${verdict}: ${reason}`;
  }
  assertEquals(told, expectedFor(cases, told));
}

const PATH = "/usr/sbin:/usr/bin:/sbin:/bin";

const ROLES: Readonly<Record<string, string>> = {
  right: "right",
  empty: "empty",
};

/** Verdicts that need no explanation where they were not expected. */
const EXPECTED: readonly Verdict[] = ["passed", "failed", "warned"];

// A case that needs something that an empty executable has not done is left out.
function expectedFor(cases: readonly Case[], told: Told): Told {
  return Object.fromEntries(cases.map(({ id }) => {
    const empty = told[id]?.empty ?? "";
    const isNoPass = /^(failed|skipped)/.test(empty);
    const expectedEmpty = isNoPass ? empty : "failed";
    return [id, { right: "passed", wrong: "failed", empty: expectedEmpty }];
  }));
}
