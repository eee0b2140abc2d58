import { parseAddress, parseCidr, parseMac } from "../../lib/net/mod.ts";
import type { LegacyKey, LegacyKeys } from "../../lib/plugin/mod.ts";
import { describe, type Json } from "../../lib/spec/mod.ts";
import { suggest } from "../../terminal/mod.ts";
import type { Finding } from "./finding.ts";
import { type Located, memberOf } from "./locate_json.ts";

/** An object with its members. */
export type LocatedObject = Located & { readonly kind: "object" };

/** How {@linkcode checkKeys} judges. */
export interface CheckOptions {
  /** The path of the object, for messages: `ipam`. */
  readonly path?: string;
  /** Whether names must match to the letter, as in the list itself. */
  readonly isExact?: boolean;
}

/**
 * Compares an object with the definitions of its keys. LegacyKeys that are not
 * defined are warnings, since they may be for somebody else.
 */
export function checkKeys(
  object: LocatedObject,
  keys: LegacyKeys,
  { path = "", isExact = false }: CheckOptions = {},
): readonly Finding[] {
  const names = Object.keys(keys);
  const found = object.members.flatMap((member): readonly Finding[] => {
    const { key, keyStart: start, keyEnd: end, value } = member;
    const at = path === "" ? key : `${path}.${key}`;
    const name = names.find((one) =>
      isExact ? one === key : one.toLowerCase() === key.toLowerCase()
    );
    if (name === undefined) {
      return [{
        severity: "warning",
        message: unknown(at, key, names),
        start,
        end,
      }];
    }
    const isCounted = memberOf(object.members, key) === member;
    const double: Finding = {
      severity: "warning",
      message: `${at} is given again below, and that one counts`,
      start,
      end,
    };
    return [
      ...(isCounted ? [] : [double]),
      ...checkValue(value, keys[name]!, at),
    ];
  });
  const missing = names.filter((name) =>
    keys[name]!.isRequired && !isGiven(object, name, isExact)
  );
  const { start } = object;
  return [
    ...found,
    ...missing.map((name): Finding => ({
      severity: "error",
      message: `${path === "" ? name : `${path}.${name}`} is missing: ${
        keys[name]!.summary
      }`,
      start,
      end: start + 1,
    })),
  ];
}

function isGiven(
  { members }: LocatedObject,
  name: string,
  isExact: boolean,
): boolean {
  const member = memberOf(members, name);
  const value = isExact && member?.key !== name ? undefined : member?.value;
  if (value === undefined || value.kind !== "plain") return value !== undefined;
  return value.value !== null && value.value !== "";
}

function unknown(
  path: string,
  key: string,
  names: readonly string[],
): string {
  const lower = new Map(names.map((name) => [name.toLowerCase(), name]));
  const [near] = suggest(key.toLowerCase(), [...lower.keys()]);
  const hint = near === undefined
    ? "it is ignored"
    : `did you mean ${JSON.stringify(lower.get(near))}?`;
  return `unknown key ${JSON.stringify(path)}: ${hint}`;
}

function checkValue(
  node: Located,
  key: LegacyKey,
  path: string,
): readonly Finding[] {
  const isNull = node.kind === "plain" && node.value === null;
  if (key.type === "any" || isNull) return [];
  const expected = expectationFor(node, key);
  if (expected !== undefined) {
    const { start, end } = node;
    const message = `${path} is ${
      describe(jsonOf(node))
    }: expected ${expected}`;
    return [{ severity: "error", message, start, end }];
  }
  if (node.kind === "object" && key.keys !== undefined) {
    return checkKeys(node, key.keys, { path });
  }
  const { items } = key;
  if (node.kind === "list" && items !== undefined) {
    return node.items.flatMap((item, index) =>
      checkValue(item, items, `${path}[${index}]`)
    );
  }
  return [];
}

/** What would do instead; `undefined` if the value does. */
function expectationFor(node: Located, key: LegacyKey): string | undefined {
  const value = node.kind === "plain" ? node.value : undefined;
  switch (key.type) {
    case "object":
      return node.kind === "object" ? undefined : "an object";
    case "list":
      return node.kind === "list" ? undefined : "a list";
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "integer":
      return isInteger(value, key) ? undefined : integerText(key);
    case "string":
      return typeof value === "string" ? textFault(value, key) : "a string";
    case "any":
      return undefined;
  }
}

function isInteger(value: Json | undefined, { min, max }: LegacyKey): boolean {
  return typeof value === "number" && Number.isSafeInteger(value) &&
    value >= (min ?? -Infinity) && value <= (max ?? Infinity);
}

function integerText({ min, max }: LegacyKey): string {
  const lower = min === undefined ? "" : ` from ${min}`;
  const upper = max === undefined ? "" : ` to ${max}`;
  return `a whole number${lower}${upper}`;
}

function textFault(
  text: string,
  { choices, format }: LegacyKey,
): string | undefined {
  if (choices !== undefined && !choices.includes(text)) {
    return choices.map((choice) => JSON.stringify(choice)).join(" or ");
  }
  if (format === undefined || text === "") return undefined;
  const { parse, example } = FORMATS[format];
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return example;
    throw error;
  }
}

const FORMATS = {
  address: { parse: parseAddress, example: 'an address such as "10.1.0.10"' },
  cidr: { parse: parseCidr, example: 'a network such as "10.1.0.0/16"' },
  mac: { parse: parseMac, example: 'an address such as "02:00:00:00:00:01"' },
} as const;

/** Enough of the value to name it. */
function jsonOf(node: Located): Json {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(node.members.map(({ key }) => [key, null]));
    case "list":
      return node.items.map(() => null);
    case "plain":
      return node.value;
  }
}
