import { CniCode, CniError } from "../spec/mod.ts";
import type { Command } from "./command.ts";
import { exactNameTest, indexNamesIn, namesGivenIn } from "./exact_names.ts";
import { INTERRUPTED } from "./repeat_dump.ts";
import type { IpStep, Place, Step, StepProgram } from "./step.ts";

/** Steps that one child process does, all in one place. */
export interface Batch {
  readonly place: Place;
  readonly steps: readonly Step[];
}

/**
 * Splits steps into batches, in order: a new one begins where the place
 * changes, and around a step that may find its object already there, since
 * `ip -batch` cannot forgive a single line.
 */
export function splitIntoBatches(steps: readonly Step[]): readonly Batch[] {
  const batches: { place: Place; steps: Step[] }[] = [];
  let last: Step | undefined;
  for (const step of steps) {
    const isApart = last === undefined || last.place !== step.place ||
      mayExist(last) || mayExist(step);
    if (isApart) batches.push({ place: step.place, steps: [step] });
    else batches.at(-1)!.steps.push(step);
    last = step;
  }
  return batches;
}

/** Whether a batch is a single step that may find its object already there. */
export function isForgiving({ steps }: Batch): boolean {
  return steps.some(mayExist);
}

/**
 * The command that does a batch: `ip -batch` alone where there are only `ip`
 * lines, else a shell that writes parameters by its own means and starts `ip`
 * for the lines in between. Output of `show` lines is JSON, a line each.
 *
 * @param netns Path of the container's network namespace, for its place.
 */
export function batchCommand({ place, steps }: Batch, netns: string): Command {
  const ipSteps = steps.filter((step) => programOf(step) === "ip") as IpStep[];
  const isPure = ipSteps.length === steps.length;
  const command: Command = isPure
    ? { program: "ip", args: IP_ARGS, stdin: ipLines(ipSteps) }
    : { program: "sh", args: ["-s"], stdin: shellScript(steps) };
  return place === "host" ? command : inSandbox(command, netns);
}

/** The same command in the network namespace at `netns`. */
export function inSandbox(command: Command, netns: string): Command {
  return { ...command, netns };
}

/**
 * The step of a batch that failed, by what its command wrote to stderr: the
 * index into `steps`, or `undefined` if none of them was reached.
 */
export function failedStepIndex(
  { steps }: Batch,
  stderr: string,
): number | undefined {
  const isShell = steps.some((step) => programOf(step) !== "ip");
  const marks = [...stderr.matchAll(/^@(\d+)$/gm)];
  if (isShell && marks.length === 0) return undefined;
  const chunkStart = isShell ? Number(marks.at(-1)![1]) : 0;
  const line = /^Command failed -:(\d+)$/m.exec(stderr)?.[1];
  if (line !== undefined) return chunkStart + Number(line) - 1;
  // ip ends at once, without the line, on a word that it cannot use: a bridge
  // that has just gone, say. The last step with that word is the one that
  // needs it, where the others make it.
  const word = /^Error: [^"]*"([^"]+)"/m.exec(stderr)?.[1];
  const index = word === undefined ? -1 : chunkFrom(steps, chunkStart)
    .findLastIndex((step) => step.kind === "ip" && step.words.includes(word));
  if (index !== -1) return chunkStart + index;
  // The chunk's only step, a parameter, failed, or ip could not start.
  return isShell ? chunkStart : undefined;
}

/** The steps from `start` on that one program does. */
function chunkFrom(steps: readonly Step[], start: number): readonly Step[] {
  const rest = steps.slice(start);
  const program = programOf(rest[0]!);
  const end = rest.findIndex((step) => programOf(step) !== program);
  return end === -1 ? rest : rest.slice(0, end);
}

/**
 * What a command wrote to stderr, without our marks, ip's line numbers and its
 * remark on a dump, and the words of the shell that wrote a parameter or started
 * a program. Only the exit status tells whether it has failed.
 */
export function reasonOf(stderr: string): string {
  const lines = stderr.split("\n").filter((line) =>
    line !== "" && !/^@\d+$/.test(line) &&
    !line.startsWith("Command failed") && !INTERRUPTED.test(line)
  );
  return lines.map(withoutShell)
    .map((line) => line.replace(/^(RTNETLINK answers|Error): /, ""))
    .join("; ");
}

/** `sh: 15: `, `bash: line 15: ` or `/bin/sh: `: our script is no one's file. */
const SHELL = /^(\S*\/)?(ba|da|a)?sh: (line )?(\d+: )?/;

/** A line of a shell's, of dash, bash or busybox, as the kernel would say it. */
function withoutShell(line: string): string {
  if (!SHELL.test(line)) return line;
  return line.replace(SHELL, "")
    .replace(/^(cannot|can't) (create|open) /, "")
    .replace(
      /: (Directory nonexistent|nonexistent directory|No such file)$/,
      NO_FILE,
    )
    .replace(/^(printf|echo): /, "")
    .replace(/^write error: /, "")
    // dash does not say which error it was.
    .replace(/^I\/O error$/, "the kernel refuses the value");
}

const NO_FILE = ": No such file or directory";

const IP_ARGS = ["-j", "-batch", "-"];

/**
 * Writes a parameter unless it has the value: a read-only /proc/sys is fine
 * where nothing has to change. The status of `read` says nothing, since dash
 * reads byte by byte and the kernel gives no second part of a parameter.
 */
const SET_FUNCTION = 'set_to() { now=; { read -r now <"$1"; } 2>/dev/null; ' +
  '[ "$now" = "$2" ] || printf %s "$2" >"$1"; }\n';

/** Ends a here-document; no word can be it, as none has a semicolon. */
const END = ";";

function shellScript(steps: readonly Step[]): string {
  let script = SET_FUNCTION;
  for (let index = 0; index < steps.length;) {
    script += `echo @${index} >&2\n`;
    const step = steps[index]!;
    if (step.kind === "sysctl") {
      const call = `set_to '/proc/sys/${checkKey(step.key)}' '${
        checkWord(step.value)
      }'`;
      script += step.optional
        ? `{ ${call}; } 2>/dev/null || :\n`
        : `${call} || exit 1\n`;
      index++;
      continue;
    }
    const chunk = chunkFrom(steps, index) as readonly IpStep[];
    script += nameTests(steps.slice(0, index), chunk);
    script += `${programOf(step)} ${IP_ARGS.join(" ")} <<'${END}' || exit 1\n` +
      `${ipLines(chunk)}${END}\n`;
    index += chunk.length;
  }
  return script;
}

/** Ends the script where a name of `chunk` is that of no link. */
function nameTests(before: readonly Step[], chunk: readonly IpStep[]): string {
  const given = new Set(
    [...before, ...chunk].flatMap((step) =>
      step.kind === "ip" ? namesGivenIn(step.words) : []
    ),
  );
  const names = new Set(chunk.flatMap(({ words }) => indexNamesIn(words)));
  return [...names].filter((name) => !given.has(name))
    .map((name) => exactNameTest(checkWord(name))).join("");
}

function ipLines(steps: readonly IpStep[]): string {
  return wordLines(steps.map((step) => step.words));
}

/** The text for `ip -batch -`: a line for each list of words. */
export function wordLines(lines: readonly (readonly string[])[]): string {
  return lines.map((words) => words.map(checkWord).join(" ") + "\n").join("");
}

// The last line of defence: every value was checked where it was read, and a
// word that `ip -batch` or the shell would read otherwise never gets past here.
function checkWord(word: string): string {
  if (isSafeWord(word)) return word;
  throw unsafe("word", word);
}

/** Whether `ip -batch` and the shell take a text as one word, to the letter. */
export function isSafeWord(word: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what it is about
  return /^[^\u0000-\u0020\u007f'"`#\\$;{}<>|&*?]+$/.test(word);
}

function checkKey(key: string): string {
  const parts = key.split("/");
  const isSafe = parts.every((part) =>
    isSafeWord(part) && part !== "." && part !== ".."
  );
  if (isSafe) return key;
  throw unsafe("kernel parameter", key);
}

function unsafe(what: string, text: string): CniError {
  const message = `Cannot pass a ${what} on to the system`;
  return new CniError(CniCode.InvalidConfig, message, {
    details: `${JSON.stringify(text.slice(0, 80))} has characters with a ` +
      "meaning of their own: remove white space, quotes and special characters",
  });
}

/** The program that takes a step; a parameter is written by the shell itself. */
function programOf(step: Step): StepProgram | "sh" {
  return step.kind === "ip" ? step.program ?? "ip" : "sh";
}

function mayExist(step: Step): boolean {
  return step.kind === "ip" && step.mayExist === true;
}
