import { type Clause, Skip, type Verdict, Violation } from "../suite/mod.ts";

/** What came of a case, and why. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Empty if it passed. */
  readonly reason: string;
}

/** Runs a case and tells its verdict by what it throws. */
export async function judge(
  run: () => Promise<void>,
  { level }: Pick<Clause, "level">,
): Promise<Judgement> {
  try {
    await run();
    return { verdict: "passed", reason: "" };
  } catch (error) {
    if (error instanceof Skip) {
      return { verdict: "skipped", reason: error.message };
    }
    if (error instanceof Violation) {
      const verdict = level === "MUST" ? "failed" : "warned";
      return { verdict, reason: error.message };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return { verdict: "broken", reason };
  }
}
