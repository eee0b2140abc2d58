/**
 * Compiles an expression in the syntax of Go's `regexp` (RE2), in which
 * allow-lists are written. What JavaScript would read in another way is
 * translated, or refused.
 *
 * @throws {SyntaxError} If it is none, or has something that is not supported.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(compileRe2("\\Anet[[:punct:]]core").test("net.core.x"), true);
 * ```
 */
export function compileRe2(text: string): RegExp {
  const flags = /^\(\?([is]+)\)/.exec(text);
  const rest = text.slice(flags?.[0].length ?? 0);
  return new RegExp(rest.replace(SPECIAL, translate), flags?.[1] ?? "");
}

/** An escape, a named class, the start of a group that is not a plain one. */
const SPECIAL =
  /\\x\{[^}]*\}|\\[\s\S]|\[:(?<name>\^?\w+):\]|\(\?(?:P?<\w|[\s\S])/g;

/** What stands for what where the letters differ. */
const TRANSLATIONS: Readonly<Record<string, string>> = {
  "\\A": "^",
  "\\z": "$",
  "\\a": "\\x07",
  "[:alnum:]": "0-9A-Za-z",
  "[:alpha:]": "A-Za-z",
  "[:blank:]": "\\t ",
  "[:digit:]": "0-9",
  "[:lower:]": "a-z",
  "[:punct:]": "!-\\/:-@\\[-`{-~",
  "[:space:]": "\\t\\n\\v\\f\\r ",
  "[:upper:]": "A-Z",
  "[:word:]": "0-9A-Za-z_",
  "[:xdigit:]": "0-9A-Fa-f",
  "(?:": "(?:",
};

function translate(token: string): string {
  const other = TRANSLATIONS[token];
  if (other !== undefined) return other;
  if (/^\(\?P?<\w$/.test(token)) return token.replace("P", "");
  // The letters that mean the same in both, and all that is no letter.
  if (/^\\([dDwWsSbBnrtfvx]|[^\w])$/.test(token)) return token;
  throw new SyntaxError(`"${token}" is not supported`);
}
