import type { Fields, Json } from "../spec/mod.ts";

/** What a value must be. */
export type KeyType =
  | "string"
  | "boolean"
  | "integer"
  | "object"
  | "list"
  | "any";

/** A key of a configuration as data: for checks, schema, completion and docs. */
export interface KeyFacts {
  /** What it is for, in Markdown; the first sentence stands alone. */
  readonly description: string;
  /** Whether the plugin refuses to do without. */
  readonly isRequired?: boolean | undefined;
  /** What counts when it is absent; left out if that depends. */
  readonly default?: Json | undefined;
  /** What counts when it is absent, in words, where no value can say it. */
  readonly defaultText?: string | undefined;
  /** What to use instead, if it is only read for old configurations. */
  readonly deprecated?: string | undefined;
}

/** A key with the reading of its value, which is a `T`. */
export interface Key<T = unknown> extends KeyFacts {
  /** What its value must be. */
  readonly type: KeyType;
  /** What would do, to follow "expected". */
  readonly expected: string;
  /** The least integer. */
  readonly min?: number | undefined;
  /** The greatest integer. */
  readonly max?: number | undefined;
  /** All texts that will do. */
  readonly choices?: readonly string[] | undefined;
  /** An example of a text that will do. */
  readonly example?: string | undefined;
  /** The keys of an object; absent if it may hold anything. */
  readonly keys?: Keys | undefined;
  /** What a list holds; absent if it may hold anything. */
  readonly items?: Key | undefined;
  /**
   * Reads the value.
   *
   * @param value `undefined` or `null` if the key is absent.
   * @param path The key's full name, for messages: `ipam.ranges[0].subnet`.
   * @throws {CniError} Code 7, which names key, value and remedy.
   */
  read(value: Json | undefined, path: string): T;
}

/** Keys by name. */
export type Keys = Readonly<Record<string, Key>>;

/** What {@linkcode readKeys} returns for a table of keys. */
export type KeyValues<Table extends Keys> = {
  readonly [Name in keyof Table]: Table[Name] extends Key<infer T> ? T : never;
};

/**
 * Reads the values of all keys of a table, in its order. Names match without
 * regard to case, `null` is the same as absent, and other keys are left alone.
 *
 * @throws {CniError} Code 7 for the first value that will not do.
 *
 * @example Two keys
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Fields } from "../spec/mod.ts";
 * import { booleanKey, integerKey } from "./key_kinds.ts";
 * const KEYS = {
 *   mtu: integerKey({ description: "In bytes", min: 68, max: 65535 }),
 *   isGateway: booleanKey({ description: "Routes", default: false }),
 * };
 * const fields = new Fields({ MTU: 1450 });
 * assertEquals(readKeys(fields, KEYS), { mtu: 1450, isGateway: false });
 * ```
 */
export function readKeys<Table extends Keys>(
  fields: Fields,
  table: Table,
): KeyValues<Table> {
  const values: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    values[name] = table[name]!.read(fields.json(name), fields.pathOf(name));
  }
  return values as KeyValues<Table>;
}
