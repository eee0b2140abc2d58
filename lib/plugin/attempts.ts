import { CniCode, CniError } from "../spec/mod.ts";

/**
 * Acts of which each is tried, whatever becomes of the others, as GC demands
 * (CNI 1.1.0, section 2).
 *
 * @example The second act is done although the first one fails
 * ```ts
 * import { assertEquals, assertRejects } from "@std/assert";
 * const done: string[] = [];
 * const attempts = new Attempts();
 * await attempts.run(() => Promise.reject(new Error("no")));
 * await attempts.run(async () => void await Promise.resolve(done.push("b")));
 * assertEquals(done, ["b"]);
 * await assertRejects(async () => await Promise.resolve(attempts.end("Cannot")));
 * ```
 */
export class Attempts {
  readonly #failures: unknown[] = [];

  /** Does an act; what it throws is kept for {@linkcode Attempts.end}. */
  async run(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (failure) {
      this.#failures.push(failure);
    }
  }

  /**
   * Throws what the acts have thrown: the one error as it is, several as one
   * of code 999 that tells them all.
   *
   * @param message What could not be done as a whole.
   */
  end(message: string): void {
    const [first, ...others] = this.#failures;
    if (first === undefined) return;
    if (others.length === 0) throw first;
    const details = this.#failures.map(String).join("\n");
    throw new CniError(CniCode.Internal, message, { details, cause: first });
  }
}
