import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

/** What a plugin says of a request that no other plugin comes before. */
export interface Unchained {
  readonly message: string;
  readonly details: string;
}

/**
 * The result of the plugins before this one.
 *
 * @param unchained What is said if there is none.
 * @throws {CniError} Code 7 if there is none.
 */
export function requireChained(
  { config }: Request,
  { message, details }: Unchained,
): Result {
  const result = prevResultOf(config);
  if (result !== undefined) return result;
  throw new CniError(CniCode.InvalidConfig, message, { details });
}
