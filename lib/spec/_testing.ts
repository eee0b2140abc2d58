import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniError } from "./cni_error.ts";

/**
 * Asserts that `act` throws a {@linkcode CniError} of this code.
 *
 * @param said Parts that its text must hold: the key, the value, the remedy.
 */
export function assertRefuses(
  act: () => unknown,
  code: number,
  ...said: readonly string[]
): void {
  const error = assertThrows(act, CniError);
  assertEquals(error.code, code, error.toString());
  for (const part of said) assertStringIncludes(error.toString(), part);
}
