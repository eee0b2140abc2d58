import { assertEquals, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { Attempts } from "./attempts.ts";

/** Attempts of acts that fail with these errors; `undefined` succeeds. */
async function attemptsOf(errors: readonly (Error | undefined)[]) {
  const attempts = new Attempts();
  let tried = 0;
  for (const error of errors) {
    await attempts.run(async () => {
      await Promise.resolve();
      tried++;
      if (error !== undefined) throw error;
    });
  }
  assertEquals(tried, errors.length);
  return attempts;
}

const ONE = new CniError(CniCode.IoFailure, "Cannot remove one");
const OTHER = new CniError(CniCode.TryAgainLater, "Cannot remove the other");

Deno.test("Attempts.end() throws nothing when nothing failed", async () => {
  (await attemptsOf([undefined, undefined])).end("Cannot clean up");
});

Deno.test("Attempts.end() throws the only error as it is", async () => {
  const attempts = await attemptsOf([undefined, ONE, undefined]);
  const error = assertThrows(() => attempts.end("Cannot clean up"));
  assertEquals(error === ONE, true);
});

Deno.test("Attempts.end() joins several errors, in their order", async () => {
  const attempts = await attemptsOf([ONE, undefined, OTHER]);
  const error = assertThrows(() => attempts.end("Cannot clean up"), CniError);
  assertEquals([error.code, error.message, error.details, error.cause], [
    CniCode.Internal,
    "Cannot clean up",
    `${ONE}\n${OTHER}`,
    ONE,
  ]);
});
