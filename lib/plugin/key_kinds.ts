import {
  checkAnyLinkName,
  checkLinkName,
  CniCode,
  CniError,
  Fields,
  invalidValue,
  isJsonObject,
  type Json,
  type JsonObject,
  parseUsableMac,
} from "../spec/mod.ts";
import {
  type Key,
  type KeyFacts,
  type Keys,
  type KeyValues,
  readKeys,
} from "./key.ts";

/** What is known of a key whose value is a `T`. */
export interface FactsOf<T> extends Omit<KeyFacts, "default"> {
  /** What counts when it is absent; left out if that depends. */
  readonly default?: T;
  /** What would do, where there are better words than the kind's. */
  readonly expected?: string;
}

/** What is read: `undefined` if the key is absent, unless there is a default. */
export type Read<T, Facts> = Facts extends
  { readonly default: unknown } | { readonly isRequired: true } ? T
  : T | undefined;

/** True or false. */
export function booleanKey<Facts extends FactsOf<boolean>>(
  facts: Facts,
): Key<Read<boolean, Facts>> {
  return makeKey(
    facts,
    "boolean",
    "true or false",
    (value) => typeof value === "boolean" ? value : undefined,
  );
}

/** What an integer must be. */
export interface IntegerFacts extends FactsOf<number> {
  /** The least; JavaScript's smallest exact integer when absent. */
  readonly min?: number;
  /** The greatest; JavaScript's largest exact integer when absent. */
  readonly max?: number;
  /**
   * What 0 means, where it is allowed though less than `min`: "the kernel's
   * default".
   */
  readonly zero?: string;
}

/** A whole number within bounds, both included. */
export function integerKey<Facts extends IntegerFacts>(
  facts: Facts,
): Key<Read<number, Facts>> {
  const { min, max, zero } = facts;
  const range = "a whole number" +
    (min === undefined ? "" : ` from ${min}`) +
    (max === undefined ? "" : ` to ${max}`);
  const expected = zero === undefined ? range : `0 for ${zero}, or ${range}`;
  const key = makeKey(facts, "integer", expected, (value) => {
    const isInRange = Number.isSafeInteger(value) &&
      Number(value) >= (min ?? -Infinity) && Number(value) <= (max ?? Infinity);
    const isZero = value === 0 && zero !== undefined;
    return isInRange || isZero ? Number(value) : undefined;
  });
  if (zero !== undefined) key.min = Math.min(0, min ?? 0);
  return key;
}

/** What a text must be. */
export interface TextFacts<T = string> extends FactsOf<T> {
  /**
   * Whether the empty text is a value like any other; else it is the same as
   * absent, as the Go plugins have it.
   */
  readonly isEmptyValue?: boolean;
}

/** A text. */
export function stringKey<Facts extends TextFacts>(
  facts: Facts,
): Key<Read<string, Facts>> {
  return parsedKey<string, Facts>(facts, "a string", (text) => text);
}

/** One of some texts. */
export function choiceKey<
  const Choice extends string,
  Facts extends TextFacts<NoInfer<Choice>>,
>(choices: readonly Choice[], facts: Facts): Key<Read<Choice, Facts>> {
  const quoted = choices.map((choice) => JSON.stringify(choice));
  const expected = quoted.length === 1
    ? quoted[0]!
    : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  const find = (text: string) => choices.find((choice) => choice === text);
  const key = textKey<Choice, Facts>(facts, expected, find);
  key.choices = choices;
  return key;
}

/**
 * A text that stands for something else.
 *
 * @param expected What would do, to follow "expected": "an address such as
 * 10.0.0.1".
 * @param parse Makes the value of the text; refuses it with `undefined` or a
 * `SyntaxError`, or with a `CniError` of its own.
 */
export function parsedKey<T, Facts extends TextFacts<T>>(
  facts: Facts,
  expected: string,
  parse: (text: string, path: string) => T | undefined,
): Key<Read<T, Facts>> {
  return textKey(facts, expected, parse);
}

/** A hardware address that an interface can have, in its canonical text. */
export function macKey(facts: TextFacts): Key<string | undefined> {
  const expected = "a unicast hardware address such as 02:00:00:00:00:01";
  return parsedKey(facts, expected, parseUsableMac);
}

/** The name of a link. */
export function linkNameKey<Facts extends TextFacts>(
  facts: Facts,
): Key<Read<string, Facts>> {
  return parsedKey<string, Facts>(facts, "the name of a link", (text, path) => {
    checkLinkName(text, path);
    return text;
  });
}

/** The name of a link that is there: its own, or an alternative one. */
export function anyLinkNameKey<Facts extends TextFacts>(
  facts: Facts,
): Key<Read<string, Facts>> {
  return parsedKey<string, Facts>(facts, "the name of a link", (text, path) => {
    checkAnyLinkName(text, path);
    return text;
  });
}

/** An object that may hold anything. */
export function objectKey<Facts extends FactsOf<JsonObject>>(
  facts: Facts,
): Key<Read<JsonObject, Facts>> {
  return makeKey<JsonObject, Facts>(
    facts,
    "object",
    "an object",
    (value) => isJsonObject(value) ? value : undefined,
  );
}

/** What is known of an object or a list. */
export type NestFacts = Omit<FactsOf<never>, "default">;

/** An object with keys of its own; others in it are left alone. */
export function fieldsKey<Table extends Keys, Facts extends NestFacts>(
  keys: Table,
  facts: Facts,
): Key<Read<KeyValues<Table>, Facts>> {
  const key = makeKey<KeyValues<Table>, Facts>(
    facts,
    "object",
    "an object",
    (value, path) =>
      isJsonObject(value) ? readKeys(new Fields(value, path), keys) : undefined,
  );
  key.keys = keys;
  return key;
}

/** A list of values of one kind. */
export function listKey<T, Facts extends NestFacts>(
  items: Key<T>,
  facts: Facts,
): Key<Read<readonly Exclude<T, undefined>[], Facts>> {
  type Item = Exclude<T, undefined>;
  const key = makeKey<readonly Item[], Facts>(
    facts,
    "list",
    "a list",
    (value, path) => {
      if (!Array.isArray(value)) return undefined;
      return value.map((item: Json, index): Item => {
        const at = `${path}[${index}]`;
        const read = items.read(item, at);
        if (read !== undefined) return read as Item;
        throw invalidValue(at, item, items.expected);
      });
    },
  );
  key.items = items;
  return key;
}

/**
 * A key whose value is made of another's, if it is there.
 *
 * @param make Makes the value, or refuses by a `CniError` what no key alone
 * can tell.
 */
export function mappedKey<T, U>(
  key: Key<T>,
  make: (value: Exclude<T, undefined>, path: string) => U,
): Key<U | Extract<T, undefined>> {
  return {
    ...key,
    read: (value, path) => {
      const read = key.read(value, path);
      return read === undefined
        ? read as Extract<T, undefined>
        : make(read as Exclude<T, undefined>, path);
    },
  };
}

/** Any value, as it is. */
export function anyKey<Facts extends FactsOf<Json>>(
  facts: Facts,
): Key<Read<Json, Facts>> {
  return makeKey<Json, Facts>(facts, "any", "any value", (value) => value);
}

/** A key that is being made: each is one object, as programs start by these. */
type Draft<T> = { -readonly [Name in keyof Key<T>]: Key<T>[Name] };

function textKey<T, Facts extends TextFacts<T>>(
  facts: Facts,
  expected: string,
  parse: (text: string, path: string) => T | undefined,
): Draft<Read<T, Facts>> {
  const key = makeKey<T, Facts>(facts, "string", expected, (value, path) => {
    if (typeof value !== "string") return undefined;
    try {
      return parse(value, path);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return undefined;
    }
  });
  if (facts.isEmptyValue) return key;
  const { read } = key;
  key.read = (value, path) => read(value === "" ? undefined : value, path);
  return key;
}

/**
 * @param kind What would do, to follow "expected".
 * @param accept Makes the value; `undefined` refuses it.
 */
function makeKey<T, Facts extends FactsOf<T>>(
  facts: Facts,
  type: Key["type"],
  kind: string,
  accept: (value: Exclude<Json, null>, path: string) => T | undefined,
): Draft<Read<T, Facts>> {
  const { default: byDefault, isRequired, missing } = facts;
  const { expected = kind } = facts;
  return {
    ...facts as FactsOf<Json>,
    type,
    expected,
    read: (value, path) => {
      const isAbsent = value === undefined || value === null;
      if (isAbsent && !isRequired) return byDefault as Read<T, Facts>;
      if (isAbsent && missing !== undefined) {
        const { message, details } = missing;
        throw new CniError(CniCode.InvalidConfig, message, { details });
      }
      const accepted = isAbsent ? undefined : accept(value, path);
      if (accepted !== undefined) return accepted as Read<T, Facts>;
      throw invalidValue(path, value, expected);
    },
  };
}
