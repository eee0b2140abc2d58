import { type Outcome, Skip, type Verdict, Violation } from "../suite/mod.ts";

/** What is judged. */
export type Judged =
  & Pick<Outcome, "id" | "subject" | "version" | "clause">
  & {
    /** Why it is left out; absent if it is to run. */
    readonly skipped?: string | undefined;
  };

/** What a run finds; it counts also when the run fails later. */
export type Findings = {
  -readonly [Key in "calls" | "differences"]: Outcome[Key];
};

/** Runs a case, unless it is left out, and tells its verdict by what it throws. */
export async function judge(
  { skipped, ...head }: Judged,
  run: (findings: Findings) => Promise<void>,
): Promise<Outcome> {
  const findings: Findings = { calls: [], differences: undefined };
  const start = performance.now();
  const [verdict, reason] = await verdictOf(() => {
    if (skipped !== undefined) throw new Skip(skipped);
    return run(findings);
  }, head.clause.level);
  const timeMs = skipped === undefined ? performance.now() - start : 0;
  const { calls, differences } = findings;
  return {
    ...{ ...head, verdict, reason, calls, timeMs },
    ...(differences === undefined ? {} : { differences }),
  };
}

async function verdictOf(
  run: () => Promise<void>,
  level: Outcome["clause"]["level"],
): Promise<readonly [Verdict, reason: string]> {
  try {
    await run();
    return ["passed", ""];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof Skip) return ["skipped", reason];
    if (!(error instanceof Violation)) return ["broken", reason];
    return [level === "MUST" ? "failed" : "warned", reason];
  }
}
