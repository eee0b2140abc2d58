import { Fields, type Json } from "../spec/mod.ts";

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
  /** Whether it must be there. */
  readonly isRequired?: boolean | undefined;
  /** What is said if it is not, where there are better words than "expected". */
  readonly missing?: ErrorText | undefined;
  /** What counts when it is absent; left out if that depends. */
  readonly default?: Json | undefined;
  /** What counts when it is absent, in words, where no value can say it. */
  readonly defaultText?: string | undefined;
  /** What to use instead, if it is only read for old configurations. */
  readonly deprecated?: string | undefined;
  /** What it holds, for docs, where the type says too little: "path". */
  readonly holds?: string | undefined;
  /** An example of a value that will do. */
  readonly example?: Json | undefined;
}

/** The text of a {@linkcode CniError} of code 7. */
export interface ErrorText {
  /** What failed. */
  readonly message: string;
  /** What was found, and what would do. */
  readonly details: string;
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

/** The values of capabilities that a runtime has put into `runtimeConfig`. */
export function readRuntimeConfig<Table extends Keys>(
  fields: Fields,
  table: Table,
): KeyValues<Table> {
  return readKeys(fields.fields("runtimeConfig") ?? NONE, table);
}

/** The values in `args.cni` (CNI conventions, "args in network config"). */
export function readArgs<Table extends Keys>(
  fields: Fields,
  table: Table,
): KeyValues<Table> {
  return readKeys(fields.fields("args")?.fields("cni") ?? NONE, table);
}

const NONE = new Fields({});
