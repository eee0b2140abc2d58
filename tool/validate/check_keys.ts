import type { Key, Keys } from "../../lib/plugin/mod.ts";
import { CniError, type Json } from "../../lib/spec/mod.ts";
import { suggest } from "../../terminal/mod.ts";
import { type Finding, findingAt, pathIn } from "./finding.ts";
import {
  isNull,
  jsonOf,
  type Located,
  type Member,
  memberOf,
  nodeAt,
} from "./locate_json.ts";

/** An object with its members. */
export type LocatedObject = Located & { readonly kind: "object" };

/** How {@linkcode checkKeys} judges. */
export interface CheckOptions {
  /** The path of the object, for messages: `ipam`. */
  readonly path?: string;
  /** Whether names must match to the letter, as in the list itself. */
  readonly isExact?: boolean;
  /** Whether there may be other keys, for someone else. */
  readonly isOpen?: boolean;
}

/**
 * Reads every key of an object by itself, so that all mistakes are found at
 * once. Keys that are not defined are warnings.
 */
export function checkKeys(
  object: LocatedObject,
  keys: Keys,
  { path = "", isExact = false, isOpen = false }: CheckOptions = {},
): readonly Finding[] {
  const names = Object.keys(keys);
  const isNamed = (key: string) => (name: string) =>
    isExact ? name === key : name.toLowerCase() === key.toLowerCase();
  const found = object.members.flatMap((member): readonly Finding[] => {
    const { key, value } = member;
    const at = joined(path, key);
    const name = names.find(isNamed(key));
    if (name === undefined) {
      return isOpen ? [] : [warning(member, unknown(at, key, names))];
    }
    const counting = memberOf(object.members, name);
    if (counting !== undefined && counting !== member) {
      const where = counting.keyStart > member.keyStart ? "below" : "above";
      const message = `${at} is given again ${where}, and that one counts`;
      return [warning(member, message)];
    }
    const { deprecated } = keys[name]!;
    return [
      ...(deprecated === undefined
        ? []
        : [warning(member, `${at} is deprecated: use ${deprecated}`)]),
      ...checkValue(value, keys[name]!, joined(path, name)),
    ];
  });
  const isGiven = (name: string) => {
    const member = isExact
      ? object.members.findLast(({ key }) => key === name)
      : memberOf(object.members, name);
    return member !== undefined && !isNull(member.value);
  };
  const missing = names.filter((name) =>
    keys[name]!.isRequired && !isGiven(name)
  );
  return [
    ...found,
    ...missing.flatMap((name) =>
      readFault(object, keys[name]!, joined(path, name), undefined)
    ),
  ];
}

function joined(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function warning({ keyStart, keyEnd }: Member, message: string): Finding {
  return { severity: "warning", message, start: keyStart, end: keyEnd };
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

/** What is wrong inside of a value, or, if nothing is, with it as a whole. */
function checkValue(
  node: Located,
  key: Key,
  path: string,
): readonly Finding[] {
  if (isNull(node)) return [];
  const { keys, items } = key;
  const inside = node.kind === "object" && keys !== undefined
    ? checkKeys(node, keys, { path })
    : node.kind === "list" && items !== undefined
    ? node.items.flatMap((item, index) =>
      checkValue(item, items, `${path}[${index}]`)
    )
    : [];
  const isWrong = inside.some(({ severity }) => severity === "error");
  return isWrong
    ? inside
    : [...inside, ...readFault(node, key, path, jsonOf(node))];
}

function readFault(
  node: Located,
  key: Key,
  path: string,
  value: Json | undefined,
): readonly Finding[] {
  try {
    key.read(value, path);
    return [];
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    const named = pathIn(error);
    const inside = named.startsWith(path) ? named.slice(path.length) : "";
    return [findingAt(nodeAt(node, inside), "error", String(error))];
  }
}
