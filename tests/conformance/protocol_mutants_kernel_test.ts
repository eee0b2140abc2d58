import { assertEquals } from "@std/assert";
import { CASES } from "../../conformance/cases/mod.ts";
import { openStage, planJobs, runJobs } from "../../conformance/run/mod.ts";
import {
  type Case,
  familyOf,
  type Outcome,
  type Profile,
  type Subject,
} from "../../conformance/suite/mod.ts";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import { whyNot } from "../e2e/_harness.ts";
import { FAULTS } from "./_faults.ts";

/** The families that the right plugin can be tried on. */
const FAMILIES = ["protocol", "lifecycle", "delegation", "robustness"];

const PROFILE: Profile = {
  plugin: "right",
  kind: "interface",
  config: { refuse: false },
  promises: ["check-link", "gc"],
  refused: { "a key that asks for it": { refuse: true } },
};

/** The same, with an IPAM plugin. */
const DELEGATING: Profile = {
  ...PROFILE,
  config: { ...PROFILE.config, ipam: { type: "host-local" } },
  promises: ["ipam"],
};

const SCRIPT = new URL("right/protocol_plugin.ts", import.meta.url).pathname;

/** The same, for a chain. */
const CHAINED: Profile = { ...PROFILE, kind: "chained" };

const OURS = CASES.filter((one) => FAMILIES.includes(familyOf(one)));

/** The cases that a mutant must be caught by. */
const MUSTS = OURS.filter(({ clause }) => clause.level === "MUST");

/** Writes the right plugin with a fault, or none, into a folder. */
async function writePlugin(folder: string, fault: string): Promise<string> {
  const name = fault === "" ? "right" : `right-${fault}`;
  const flags = "--quiet --no-config --no-lock --allow-all";
  const cache = Deno.env.get("DENO_DIR") ?? `${folder}/cache`;
  const text = `#!/bin/sh
DENO_DIR='${cache}' FAULT='${fault}' exec '${Deno.execPath()}' run ${flags} '${SCRIPT}'
`;
  await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  return name;
}

async function runCase(
  one: Case,
  { folder, name }: { readonly folder: string; readonly name: string },
): Promise<readonly Outcome[]> {
  const isDelegating = familyOf(one) === "delegation";
  const subject: Subject = {
    ...{ name, folder, versions: [...SPEC_VERSIONS] },
    profile: isDelegating ? DELEGATING : PROFILE,
  };
  // What hangs is to be found, what is slow on a busy machine is not.
  const callLimitMs = name.endsWith("-hang") ? 3_000 : 30_000;
  return await runAll([subject], [one], callLimitMs);
}

async function runAll(
  subjects: readonly Subject[],
  cases: readonly Case[],
  callLimitMs = 30_000,
): Promise<readonly Outcome[]> {
  const path = Deno.env.get("PATH") ?? "";
  return await runJobs(planJobs(subjects, cases), {
    openStage: (job) => openStage({ ...job, path, callLimitMs }),
    stages: 2,
  });
}

Deno.test("each MUST of the suite has a mutant", () => {
  const ids = MUSTS.map(({ id }) => id).sort();
  assertEquals(Object.keys(FAULTS).sort(), ids);
});

const reason = whyNot(["unshare", "mount"]);

Deno.test({
  name: "each MUST passes the right plugin and fails its mutants" +
    (reason === undefined ? "" : ` [skipped: ${reason}]`),
  ignore: reason !== undefined,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "mutants-" });
    try {
      const right = await writePlugin(folder, "");
      for (const one of MUSTS) {
        await t.step(one.id, async () => {
          const outcomes = await runCase(one, { folder, name: right });
          assertEquals(wrongOf(outcomes, "passed"), []);
          for (const fault of FAULTS[one.id] ?? []) {
            const name = await writePlugin(folder, fault);
            const [first, ...rest] = await runCase(one, { folder, name });
            // Of several versions it is enough that one shows it.
            const all = first === undefined ? [] : [first, ...rest];
            const isCaught = all.some(({ verdict }) => verdict === "failed");
            assertEquals(isCaught ? [] : wrongOf(all, "failed"), [], fault);
          }
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "no case passes on an executable that does nothing" +
    (reason === undefined ? "" : ` [skipped: ${reason}]`),
  ignore: reason !== undefined,
  fn: async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "mutants-" });
    const nothing = { "no bytes": "", "no commands": "#!/bin/sh\n" };
    try {
      for (const [name, text] of Object.entries(nothing)) {
        await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
        await t.step(name, async () => {
          const profiles = [PROFILE, DELEGATING, CHAINED];
          const outcomes = await Promise.all(profiles.map((profile) => {
            const subject = { name, folder, versions: [], profile };
            return runAll([subject], OURS);
          }));
          const passed = outcomes.flat()
            .filter(({ verdict }) => verdict === "passed");
          assertEquals(passed.map(({ id }) => id), []);
        });
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** The outcomes of another verdict, as text. */
function wrongOf(
  outcomes: readonly Outcome[],
  verdict: string,
): readonly string[] {
  return outcomes.filter((one) => one.verdict !== verdict).map((one) =>
    `${one.version} ${one.verdict}: ${one.reason}`
  );
}
