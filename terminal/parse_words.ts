import { type Flag, HELP } from "./flag.ts";
import { suggest } from "./suggest.ts";
import { UsageError } from "./usage_error.ts";

/** The words of a command line, sorted. */
export interface Words {
  /** The words that are no flags, in order. */
  readonly operands: readonly string[];
  /** Whether a flag was given. */
  has(name: string): boolean;
  /** The value of a flag; of several the last. */
  value(name: string): string | undefined;
  /** All values of a flag, in order. */
  values(name: string): readonly string[];
}

/**
 * Sorts the words of a command line. Flags may stand anywhere before `--`; a
 * value follows as a word of its own, after `=`, or right after a letter.
 *
 * @param args The words after the command.
 * @param flags The command's flags; `--help` is added.
 * @throws {UsageError} If a flag is unknown, lacks its value, has one that it
 * does not take, or is there too often.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const flags = [{ name: "ifname", short: "i", value: "NAME", summary: "" }];
 * const words = parseWords(["net1", "-i", "eth1"], flags);
 * assertEquals([words.operands, words.value("ifname")], [["net1"], "eth1"]);
 * ```
 */
export function parseWords(
  args: readonly string[],
  flags: readonly Flag[],
): Words {
  const known = [...flags, HELP];
  const operands: string[] = [];
  const found = new Map<string, string[]>();
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      operands.push(...rest);
      break;
    }
    // A dash alone stands for stdin.
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const { flag, written, attached } = readFlag(word, known);
    const values = found.get(flag.name) ?? [];
    if (values.length > 0 && !flag.repeats && flag.value !== undefined) {
      throw new UsageError(`${written} is given twice`);
    }
    values.push(valueOf(flag, { written, attached, rest }));
    found.set(flag.name, values);
  }
  return {
    operands,
    has: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    values: (name) => found.get(name) ?? [],
  };
}

/** A word that begins with a dash, taken apart. */
interface FlagWord {
  readonly flag: Flag;
  /** The flag as it stands there. */
  readonly written: string;
  /** What follows it in the same word. */
  readonly attached: string | undefined;
}

function readFlag(word: string, known: readonly Flag[]): FlagWord {
  if (!word.startsWith("--")) return readLetter(word, known);
  const [written = word] = word.split("=", 1);
  const attached = written === word
    ? undefined
    : word.slice(written.length + 1);
  const flag = known.find(({ name }) => `--${name}` === written);
  if (flag !== undefined) return { flag, written, attached };
  const [near] = suggest(written, known.map(({ name }) => `--${name}`));
  throw unknownFlag(written, near);
}

function readLetter(word: string, known: readonly Flag[]): FlagWord {
  const written = word.slice(0, 2);
  const attached = word.length > 2
    ? word.slice(2).replace(/^=/, "")
    : undefined;
  // A long name after one dash is no letter with its value: "-ifname".
  const [start] = word.split("=", 1);
  const long = known.find(({ name }) => `-${name}` === start);
  const flag = known.find(({ short }) => `-${short}` === written);
  if (flag !== undefined && long === undefined) {
    return { flag, written, attached };
  }
  throw unknownFlag(word, long && `--${long.name}`);
}

function unknownFlag(written: string, near: string | undefined): UsageError {
  const hint = near === undefined ? "" : `Did you mean ${near}?\n`;
  return new UsageError(`unknown flag: ${written}`, hint);
}

function valueOf(
  { value }: Flag,
  { written, attached, rest }: {
    readonly written: string;
    readonly attached: string | undefined;
    /** The words that follow, of which the first may be taken. */
    readonly rest: string[];
  },
): string {
  if (value === undefined) {
    if (attached === undefined) return "";
    throw new UsageError(`${written} takes no value`);
  }
  const text = attached ?? rest.shift();
  if (text) return text;
  throw new UsageError(`${written} needs a value: ${written} ${value}`);
}
