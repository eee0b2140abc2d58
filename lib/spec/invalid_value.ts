import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { describe } from "./json.ts";

/**
 * The error for a value of a configuration that will not do.
 *
 * @param path The key's full name: `ipam.ranges[0].subnet`.
 * @param value What was found; `undefined` for nothing.
 * @param expected What would do, such as "an address like 10.0.0.1".
 */
export function invalidValue(
  path: string,
  value: unknown,
  expected: string,
): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${path}`, {
    details: `${path} is ${describe(value)}: expected ${expected}`,
  });
}
