import type { Command, Output } from "./command.ts";
import { parseLinks } from "./link.ts";

/**
 * How iproute2 reads the name of a link that is not there: `if7` is the link of
 * index 7, whatever its name. What follows the number is passed over.
 */
const INDEX_NAME = /^if[-+]?\d/;

/** What a name of a link follows. */
const REFERENCES: ReadonlySet<string | undefined> = new Set([
  ...["dev", "link", "master"],
]);

/** Whether iproute2 may take a name for the number of another link. */
export function isIndexName(name: string): boolean {
  return INDEX_NAME.test(name);
}

/**
 * The names among the words of a line that must be those of links, and that
 * iproute2 may take for numbers.
 *
 * @example A bridge by name
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const words = ["link", "set", "dev", "veth0", "master", "if2"];
 * assertEquals(indexNamesIn(words), ["if2"]);
 * ```
 */
export function indexNamesIn(words: readonly string[]): readonly string[] {
  return words.filter((word, index) =>
    isIndexName(word) && REFERENCES.has(words[index - 1])
  );
}

/** The names that the words of a line give to links of the same place. */
export function namesGivenIn(words: readonly string[]): readonly string[] {
  if (words.includes("netns")) return [];
  return words.filter((_word, index) => words[index - 1] === "name");
}

/**
 * A line for a script that ends it with status 1 unless there is a link of this
 * very name; empty for a name that is not mistaken.
 *
 * @param name One that is checked: the shell reads it as it is.
 */
export function exactNameTest(name: string): string {
  if (!isIndexName(name)) return "";
  // This form of `show` alone goes by the name.
  return `ip link show dev '${name}' >/dev/null 2>&1 || ` +
    `{ echo 'Cannot find device "${name}"' >&2; exit 1; }\n`;
}

/**
 * Runs a command of `ip`, `bridge` or `tc` so that each name of a link in it
 * means the link of that very name: one that is not there is an error, as for
 * other names. A look at the links comes before; only for a name that iproute2
 * may take for a number. Scripts are left alone: see {@linkcode exactNameTest}.
 *
 * @param runOnce Runs a command as it is.
 */
export async function runByNames(
  command: Command,
  runOnce: (command: Command) => Promise<Output>,
): Promise<Output> {
  const lines = linesOf(command);
  if (!lines.some((words) => indexNamesIn(words).length > 0)) {
    return await runOnce(command);
  }
  const { netns } = command;
  const listing = await runOnce({
    ...{ program: "ip", args: ["-j", "link", "show"] },
    ...(netns === undefined ? {} : { netns }),
  });
  if (listing.status !== 0) return listing;
  const links = parseLinks(JSON.parse(listing.stdout));
  const known = new Set(
    links.flatMap(({ name, altNames = [] }) => [name, ...altNames]),
  );
  const absent = lines.map((words) => {
    const name = indexNamesIn(words).find((one) => !known.has(one));
    for (const given of namesGivenIn(words)) known.add(given);
    return name;
  });
  const first = absent.findIndex((name) => name !== undefined);
  if (first === -1) return await runOnce(command);
  return await runKnown(command, { lines, absent, first, runOnce });
}

/** Runs the part of a command that is before, or without, what is absent. */
async function runKnown(
  command: Command,
  { lines, absent, first, runOnce }: {
    readonly lines: readonly (readonly string[])[];
    /** For each line the name that no link has. */
    readonly absent: readonly (string | undefined)[];
    readonly first: number;
    readonly runOnce: (command: Command) => Promise<Output>;
  },
): Promise<Output> {
  const goesOn = command.args.includes("-force");
  const kept = lines.filter((_words, index) =>
    goesOn ? absent[index] === undefined : index < first
  );
  const stdin = kept.map((words) => words.join(" ") + "\n").join("");
  const isBatch = command.args.includes("-batch");
  const output = isBatch && kept.length > 0
    ? await runOnce({ ...command, stdin })
    : { status: 0, stdout: "", stderr: "" };
  if (output.status !== 0 && !goesOn) return output;
  const faults = absent.flatMap((name, index) => {
    if (name === undefined || !goesOn && index !== first) return [];
    const mark = isBatch ? `Command failed -:${index + 1}\n` : "";
    return [faultOf(name, lines[index]!) + mark];
  });
  return { ...output, status: 1, stderr: output.stderr + faults.join("") };
}

/** As `ip` says it of any other name. */
function faultOf(name: string, words: readonly string[]): string {
  return words.includes("show")
    ? `Device "${name}" does not exist.\n`
    : `Cannot find device "${name}"\n`;
}

/** The words of each line that iproute2 reads; none for other programs. */
function linesOf(
  { program, args, stdin = "" }: Command,
): readonly (readonly string[])[] {
  if (!["ip", "bridge", "tc"].includes(program)) return [];
  if (!args.includes("-batch")) return [args];
  // A cheap look first, as nearly no batch has such a name.
  if (!/\bif[-+]?\d/.test(stdin)) return [];
  return stdin.split("\n").map((line) => line.split(" ").filter(Boolean))
    .filter((words) => words.length > 0);
}
