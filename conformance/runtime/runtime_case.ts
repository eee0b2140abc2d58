import type { Clause } from "../suite/mod.ts";
import type { RuntimeStage } from "./runtime_stage.ts";

/** A clause for runtimes, and how it is put to the test. */
export interface RuntimeCase {
  /** Stable, unique, and beginning with `runtime/`. */
  readonly id: string;
  readonly clause: Clause;
  /** Runs once for each version that the clause holds for, not for the newest. */
  readonly isPerVersion?: boolean;
  /**
   * Puts the runtime to the test.
   *
   * @throws {Violation} If it does not conform.
   * @throws {Skip} If it turns out that this cannot be tested here.
   */
  run(stage: RuntimeStage): Promise<void>;
}
