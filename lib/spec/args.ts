import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";

/** The pairs of `CNI_ARGS` that a plugin knows, by name; absent ones are missing. */
export type CniArgs<Name extends string> = Readonly<
  Partial<Record<Name, string>>
>;

/**
 * Reads `CNI_ARGS`: pairs `K=V` joined by `;`, each with exactly one `=`
 * (CNI 1.1.0, section 2 "Parameters"). Names match exactly; of two pairs with
 * one name the later wins. A pair that the plugin does not know is refused,
 * unless the pair `IgnoreUnknown=1` (or `true`) stands anywhere.
 *
 * @param text The value of the variable; empty means no pairs.
 * @param known The names that the plugin takes.
 * @throws {CniError} Code 4, with the pair in the details.
 *
 * @example What Kubernetes passes
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const text = "IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.0.0.5";
 * assertEquals(parseCniArgs(text, ["IP"]), { IP: "10.0.0.5" });
 * ```
 */
export function parseCniArgs<Name extends string>(
  text: string,
  known: readonly Name[],
): CniArgs<Name> {
  const found: Partial<Record<Name, string>> = {};
  const unknown: string[] = [];
  let ignoreUnknown = false;
  for (const [key, value] of parseCniArgPairs(text)) {
    if (key === "IgnoreUnknown") ignoreUnknown = parseFlag(key, value);
    else if (isOneOf(key, known)) found[key] = value;
    else unknown.push(`${key}=${value}`);
  }
  if (unknown.length === 0 || ignoreUnknown) return found;
  const list = unknown.map((pair) => JSON.stringify(pair)).join(" ");
  throw new CniError(
    CniCode.InvalidEnvironment,
    `ARGS: unknown args [${list}]`,
    {
      details: `CNI_ARGS may hold ${known.join(", ") || "nothing"} here: ` +
        "remove the others, or add IgnoreUnknown=1",
    },
  );
}

/**
 * Splits `CNI_ARGS` into its pairs, in order, without judging their names.
 *
 * @throws {CniError} Code 4 if a pair has not exactly one `=`.
 */
export function parseCniArgPairs(
  text: string,
): readonly (readonly [string, string])[] {
  if (text === "") return [];
  return text.split(";").map((pair) => {
    const parts = pair.split("=");
    if (parts.length === 2) return [parts[0]!, parts[1]!];
    const message = `ARGS: invalid pair ${JSON.stringify(pair)}`;
    throw new CniError(CniCode.InvalidEnvironment, message, {
      details: 'CNI_ARGS holds pairs K=V joined by ";", with exactly one "=" ' +
        'in each and no ";" at the end',
    });
  });
}

/** Joins pairs to the text of `CNI_ARGS`; nothing is escaped. */
export function formatCniArgs(
  pairs: readonly (readonly [string, string])[],
): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(";");
}

function isOneOf<Name extends string>(
  text: string,
  names: readonly Name[],
): text is Name {
  return (names as readonly string[]).includes(text);
}

function parseFlag(key: string, value: string): boolean {
  switch (value.toLowerCase()) {
    case "1":
    case "true":
      return true;
    case "0":
    case "false":
      return false;
  }
  const pair = JSON.stringify(`${key}=${value}`);
  const message = `ARGS: error parsing value of pair ${pair}`;
  throw new CniError(CniCode.InvalidEnvironment, message, {
    details: `${key} is ${JSON.stringify(value)}: expected 1, true, 0 or false`,
  });
}
