import type { Json } from "../../lib/spec/mod.ts";

/** A JSON value with the place where it stands. */
export type Located =
  & {
    /** Where it begins, in UTF-16 units. */
    readonly start: number;
    /** Where it has ended. */
    readonly end: number;
  }
  & (
    | { readonly kind: "object"; readonly members: readonly Member[] }
    | { readonly kind: "list"; readonly items: readonly Located[] }
    | {
      readonly kind: "plain";
      readonly value: string | number | boolean | null;
    }
  );

/** A member of an object, with the place of its name. */
export interface Member {
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly value: Located;
}

/**
 * Finds where each value of a JSON text stands. Comments and trailing commas
 * are passed over.
 *
 * @param text A text that has been parsed before: mistakes are not explained.
 * @throws {SyntaxError} If it is no JSON with comments.
 */
export function locateJson(text: string): Located {
  return new Locator(text).value();
}

/** White space and comments. */
const BLANK = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;

const STRING = /"(?:[^"\\]|\\.)*"/y;

const WORD = /[^\s,:[\]{}"/]+/y;

class Locator {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): Located {
    this.#match(BLANK);
    const start = this.#at;
    if (this.#takes("{")) {
      const members = this.#sequence("}", () => this.#member());
      return { kind: "object", members, start, end: this.#at };
    }
    if (this.#takes("[")) {
      const items = this.#sequence("]", () => this.value());
      return { kind: "list", items, start, end: this.#at };
    }
    const word = this.#match(STRING) || this.#match(WORD);
    const value = JSON.parse(word);
    return { kind: "plain", value, start, end: this.#at };
  }

  #member(): Member {
    const keyStart = this.#at;
    const key: string = JSON.parse(this.#match(STRING));
    const keyEnd = this.#at;
    this.#match(BLANK);
    if (!this.#takes(":")) throw this.#fault();
    return { key, keyStart, keyEnd, value: this.value() };
  }

  #sequence<T>(end: string, read: () => T): readonly T[] {
    const found: T[] = [];
    for (;;) {
      this.#match(BLANK);
      if (this.#takes(end)) return found;
      if (found.length > 0) {
        if (!this.#takes(",")) throw this.#fault();
        this.#match(BLANK);
        if (this.#takes(end)) return found;
      }
      found.push(read());
    }
  }

  #takes(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found = ""] = pattern.exec(this.#text) ?? [];
    this.#at += found.length;
    return found;
  }

  #fault(): SyntaxError {
    return new SyntaxError(`Cannot read JSON at position ${this.#at}`);
  }
}

/**
 * The value at a path such as `ipam.ranges[0][0].subnet`, or what is nearest
 * above it. Names match without regard to case.
 */
export function nodeAt(root: Located, path: string): Located {
  let node = root;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    const next = node.kind === "list"
      ? node.items[Number(step)]
      : node.kind === "object"
      ? memberOf(node.members, step)?.value
      : undefined;
    if (next === undefined) return node;
    node = next;
  }
  return node;
}

/** The member of a name: the one spelled so, else the last in other letters. */
export function memberOf(
  members: readonly Member[],
  name: string,
): Member | undefined {
  const wanted = name.toLowerCase();
  return members.findLast(({ key, value }) => key === name && !isNull(value)) ??
    members.findLast(({ key }) => key.toLowerCase() === wanted);
}

/** Whether a value is the same as none. */
export function isNull(node: Located): boolean {
  return node.kind === "plain" && node.value === null;
}

/** The value that a node stands for. */
export function jsonOf(node: Located): Json {
  switch (node.kind) {
    case "object":
      return Object.fromEntries(
        node.members.map(({ key, value }) => [key, jsonOf(value)]),
      );
    case "list":
      return node.items.map(jsonOf);
    case "plain":
      return node.value;
  }
}
