import { suggest, UsageError } from "../../terminal/mod.ts";

/** The error for a name that is none of those there are. */
export function unknownName(
  what: string,
  name: string,
  names: readonly string[],
): UsageError {
  const [near] = suggest(name, names);
  const hint = near !== undefined
    ? `Did you mean ${near}?\n`
    : names.length <= 20
    ? `There are ${names.join(", ")}\n`
    : "";
  return new UsageError(`unknown ${what}: ${JSON.stringify(name)}`, hint);
}
