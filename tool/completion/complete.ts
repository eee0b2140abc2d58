import { type Completion, type Flag, HELP } from "../../terminal/mod.ts";
import type { CommandEntry, ToolCommand } from "../tool_command.ts";

/** A word that may come next. */
export interface Candidate {
  readonly word: string;
  /** What it stands for. */
  readonly summary?: string;
}

/** Where words come from that are not known beforehand. */
export interface Source {
  /** The commands of `cni tool`. */
  readonly commands: readonly CommandEntry[];
  /** What there is of a kind on this host. */
  list(kind: Completion): readonly Candidate[];
}

/** The shell itself is to complete the name of a file. */
export const FILES = "files";

/** What may follow `cni`. */
const APPLETS: readonly Candidate[] = [
  { word: "tool", summary: "Attach network namespaces to networks" },
  { word: "cnitool", summary: "The same, exactly as the reference does it" },
  { word: "install", summary: "Put this program and its links in place" },
  { word: "uninstall", summary: "Take them away" },
  { word: "--help", summary: "Show the help" },
  { word: "--version", summary: "Show the version" },
];

const SHELLS: readonly Candidate[] = ["bash", "zsh", "fish"].map((word) => ({
  word,
}));

/**
 * What the last of the words may be completed to.
 *
 * @param words The words after `cni`, of which the last may be empty or only
 * begun.
 */
export async function complete(
  words: readonly string[],
  source: Source,
): Promise<readonly Candidate[] | typeof FILES> {
  const current = words.at(-1) ?? "";
  const found = await candidates(words.slice(0, -1), current, source);
  return found === FILES
    ? found
    : found.filter(({ word }) => word.startsWith(current));
}

async function candidates(
  before: readonly string[],
  current: string,
  source: Source,
): Promise<readonly Candidate[] | typeof FILES> {
  const [applet, name, ...words] = before;
  if (applet === undefined) return APPLETS;
  if (applet !== "tool") return [];
  const { commands } = source;
  if (name === undefined || name === "help") return commandNames(commands);
  const entry = commands.find((one) => one.name === name);
  if (entry === undefined) return [];
  const command = await entry.load();
  const flags = [...command.flags, HELP];
  const pending = flags.find((flag) =>
    flag.value !== undefined && isFlag(words.at(-1), flag)
  );
  const kind = pending === undefined
    ? current.startsWith("-") ? undefined : operandKind(words, command, flags)
    : pending.completes;
  if (pending === undefined && kind === undefined) {
    return current.startsWith("-") ? flags.map(flagCandidate) : [];
  }
  switch (kind) {
    case undefined:
      return [];
    case "file":
      return FILES;
    case "command":
      return commandNames(commands);
    case "shell":
      return SHELLS;
    default:
      return source.list(kind);
  }
}

/** What the next operand is. */
function operandKind(
  words: readonly string[],
  { operands }: ToolCommand,
  flags: readonly Flag[],
): Completion | undefined {
  let count = 0;
  let isValue = false;
  let namesNetwork = false;
  for (const word of words) {
    const flag = flags.find((one) => isFlag(word, one));
    namesNetwork ||= !isValue &&
      /^(-n|-c|--network|--config)(=|$)/.test(word);
    if (!isValue && !word.startsWith("-")) count++;
    isValue = !isValue && flag?.value !== undefined;
  }
  // Named by a flag, the network is not an operand as well.
  const isSkipped = namesNetwork && operands[0]?.completes === "network";
  const index = count + (isSkipped ? 1 : 0);
  const last = operands.at(-1);
  const operand = operands[index] ?? (last?.repeats ? last : undefined);
  return operand?.completes;
}

function commandNames(
  commands: readonly CommandEntry[],
): readonly Candidate[] {
  return commands.filter(({ isHidden }) => !isHidden)
    .map(({ name, summary }) => ({ word: name, summary }));
}

function isFlag(word: string | undefined, { name, short }: Flag): boolean {
  return word === `--${name}` || short !== undefined && word === `-${short}`;
}

function flagCandidate({ name, summary }: Flag): Candidate {
  return { word: `--${name}`, summary };
}
