import type { CniError } from "./cni_error.ts";
import { invalidValue } from "./invalid_value.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** The bounds of {@linkcode Fields.integer}, both included. */
export interface IntegerBounds {
  /** The smallest value; JavaScript's smallest exact integer when absent. */
  readonly min?: number;
  /** The largest value; JavaScript's largest exact integer when absent. */
  readonly max?: number;
}

/**
 * A typed view of a JSON object in a network configuration. Keys match without
 * regard to case, and `null` is the same as absent: that is how the Go plugins
 * read, and configurations rely on it. Of keys that differ in case only the one
 * that is spelled as asked for counts, else the last.
 *
 * Every method throws a {@linkcode CniError} of code 7 that names key, value
 * and remedy when the value is of another type than asked for.
 *
 * @example Read two keys
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const fields = new Fields({ IsGateway: true, mtu: 1450 });
 * assertEquals(fields.boolean("isGateway"), true);
 * assertEquals(fields.integer("mtu", { min: 0 }), 1450);
 * ```
 */
export class Fields {
  readonly #exact = new Map<string, Json>();
  readonly #folded = new Map<string, Json>();
  readonly #path: string;

  /**
   * Makes a view of an object.
   *
   * @param path Where `object` stands in the configuration: `ipam.ranges[0]`.
   */
  constructor(object: JsonObject, path = "") {
    this.#path = path;
    for (const [key, value] of Object.entries(object)) {
      if (value === undefined) continue;
      this.#exact.set(key, value);
      this.#folded.set(key.toLowerCase(), value);
    }
  }

  /** The full name of `key`, for messages: `ipam.ranges[0].subnet`. */
  pathOf(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  /** Whether `key` is there at all, be it `null`. */
  has(key: string): boolean {
    return this.#folded.has(key.toLowerCase());
  }

  /** The value as it is; `undefined` when absent or `null`. */
  json(key: string): Json | undefined {
    return this.#found(key) ?? undefined;
  }

  /** A text; the empty text is a value. */
  string(key: string): string | undefined {
    const value = this.json(key);
    if (value === undefined || typeof value === "string") return value;
    throw this.invalid(key, "a string");
  }

  /** True or false. */
  boolean(key: string): boolean | undefined {
    const value = this.json(key);
    if (value === undefined || typeof value === "boolean") return value;
    throw this.invalid(key, "true or false");
  }

  /** A whole number within `bounds`. */
  integer(key: string, bounds: IntegerBounds = {}): number | undefined {
    const value = this.json(key);
    if (value === undefined) return undefined;
    const min = bounds.min ?? Number.MIN_SAFE_INTEGER;
    const max = bounds.max ?? Number.MAX_SAFE_INTEGER;
    const isInRange = Number.isSafeInteger(value) && Number(value) >= min &&
      Number(value) <= max;
    if (isInRange) return Number(value);
    const upper = bounds.max === undefined ? "" : ` to ${max}`;
    const lower = bounds.min === undefined ? "" : ` from ${min}`;
    throw this.invalid(key, `a whole number${lower}${upper}`);
  }

  /** A JSON object, as it is. */
  object(key: string): JsonObject | undefined {
    const value = this.json(key);
    if (value === undefined || isJsonObject(value)) return value;
    throw this.invalid(key, "an object");
  }

  /** A view of the object at `key`. */
  fields(key: string): Fields | undefined {
    const object = this.object(key);
    return object === undefined
      ? undefined
      : new Fields(object, this.pathOf(key));
  }

  /** A JSON array, as it is. */
  list(key: string): readonly Json[] | undefined {
    const value = this.json(key);
    if (value === undefined || Array.isArray(value)) return value;
    throw this.invalid(key, "a list");
  }

  /** A list of texts. */
  strings(key: string): readonly string[] | undefined {
    return this.list(key)?.map((item, index) => {
      if (typeof item === "string") return item;
      throw this.invalid(`${key}[${index}]`, "a string", item);
    });
  }

  /** Views of the objects in the list at `key`. */
  fieldsList(key: string): readonly Fields[] | undefined {
    return this.list(key)?.map((_, index) => this.fieldsAt(key, index));
  }

  /** A view of the object at a place of the list at `key`. */
  fieldsAt(key: string, index: number): Fields {
    const item = this.list(key)?.[index];
    const name = `${key}[${index}]`;
    if (isJsonObject(item)) return new Fields(item, this.pathOf(name));
    throw this.invalid(name, "an object", item);
  }

  /**
   * The error for a value that will not do, to be thrown by the caller.
   *
   * @param expected What would do, such as "an address like 10.0.0.1".
   * @param found The value, when it is not simply the one at `key`.
   */
  invalid(key: string, expected: string, found?: unknown): CniError {
    const value = found === undefined ? this.#found(key) : found;
    return invalidValue(this.pathOf(key), value, expected);
  }

  /** The value that counts, be it `null`. */
  #found(key: string): Json | undefined {
    return this.#exact.get(key) ?? this.#folded.get(key.toLowerCase());
  }
}
