import {
  CniError,
  Fields,
  isJsonObject,
  type JsonObject,
  parseJson,
} from "../../lib/spec/mod.ts";

/** Why plugins differ, on purpose. */
export interface Explanation {
  /** Its short name. */
  readonly name: string;
  /** One sentence. */
  readonly reason: string;
  /** The plugins that it holds for; all when absent. */
  readonly plugins?: readonly string[];
  /** Matches where the difference is: `second ADD: links`. */
  readonly where?: RegExp;
  /** Matches each line that it explains, with its sign: `- code 999`. */
  readonly line: RegExp;
}

/** A list of explanations that cannot be used. */
export class ExplanationError extends Error {
  override readonly name = "ExplanationError";
}

/**
 * Reads a list of explanations: JSON, an array of objects with `name`,
 * `reason`, `line` and perhaps `plugins` and `where`.
 *
 * @param source What to call it in a message: the file.
 * @throws {ExplanationError} If it is none.
 */
export function parseExplanations(
  text: string,
  source: string,
): readonly Explanation[] {
  try {
    const list = parseJson(text, "list of explanations");
    if (!Array.isArray(list) || !list.every(isJsonObject)) {
      throw new ExplanationError(
        `Cannot use ${source}: it is no array of objects`,
      );
    }
    return list.map((item, index) => readExplanation(item, index));
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause;
    const reason = cause.details || cause.message;
    throw new ExplanationError(`Cannot use ${source}: ${reason}`, { cause });
  }
}

const KEYS = ["name", "reason", "plugins", "where", "line"];

function readExplanation(item: JsonObject, index: number): Explanation {
  const fields = new Fields(item, `[${index}]`);
  const unknown = Object.keys(item).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) {
    throw fields.invalid(unknown, `no such key, only ${KEYS.join(", ")}`);
  }
  const plugins = fields.strings("plugins");
  const where = fields.string("where");
  return {
    name: fields.string("name") || missing(fields, "name"),
    reason: fields.string("reason") || missing(fields, "reason"),
    ...(plugins === undefined ? {} : { plugins }),
    ...(where === undefined ? {} : { where: pattern(fields, "where", where) }),
    line: pattern(
      fields,
      "line",
      fields.string("line") || missing(fields, "line"),
    ),
  };
}

function missing(fields: Fields, key: string): never {
  throw fields.invalid(key, "a text");
}

function pattern(fields: Fields, key: string, source: string): RegExp {
  try {
    return new RegExp(source);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw fields.invalid(key, "a regular expression");
  }
}
