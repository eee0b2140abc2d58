import { parseArgs } from "@std/cli/parse-args";
import { verbUsage } from "./help.ts";
import { suggest, UsageError } from "../../terminal/mod.ts";
import { isVerb, type Verb, VERBS } from "./verb.ts";

/** What a command line asks for. */
export type Command =
  | { readonly kind: "help"; readonly verb?: Verb }
  | { readonly kind: "version" }
  | {
    readonly kind: "run";
    readonly verb: Verb;
    readonly network: string;
    readonly netns: string;
    /** From the flag; empty if it was not given. */
    readonly ifname: string;
  };

const SEE_HELP = "Run 'cnitool --help' for usage.\n";

const FLAGS = ["--ifname", "--help", "--version"];

/**
 * Reads a command line; flags may stand anywhere in it, and arguments too many
 * are ignored.
 *
 * @throws {UsageError} If it cannot be understood.
 */
export function parseCommand(args: readonly string[]): Command {
  const unknown: string[] = [];
  const parsed = parseArgs(args.map(detach), {
    boolean: ["help", "version"],
    // Operands too: a network may be called 0123.
    string: ["ifname", "_"],
    alias: { ifname: "i", help: "h" },
    unknown: (arg, key) => {
      if (key !== undefined) unknown.push(arg);
      return key === undefined;
    },
  });
  const words = parsed._.map(String);
  const isHelpVerb = words[0] === "help";
  if (isHelpVerb) words.shift();
  const [verb = "", network = "", netns = ""] = words;
  if (parsed.version && verb === "") return { kind: "version" };
  if (verb === "" && unknown.length === 0) return { kind: "help" };
  if (verb !== "" && !isVerb(verb)) throw unknownVerb(verb);
  const usage = verb === "" ? SEE_HELP : verbUsage(verb);
  if (parsed.help || isHelpVerb) {
    return verb === "" ? { kind: "help" } : { kind: "help", verb };
  }
  if (unknown[0] !== undefined) throw unknownFlag(unknown[0], usage);
  if (verb === "") return { kind: "help" };
  const last = args.at(-1);
  if (last === "-i" || last === "--ifname") {
    throw new UsageError(`flag needs an argument: ${last}`, usage);
  }
  const count = words.length - 1;
  if (count < 2) {
    const message = `requires at least 2 arg(s), only received ${count}`;
    throw new UsageError(message, usage);
  }
  const { ifname = "" } = parsed;
  return { kind: "run", verb, network, netns, ifname };
}

/** Parts a short flag from a value that is written right after it. */
function detach(arg: string): string {
  return /^-i[^=]/.test(arg) ? `--ifname=${arg.slice(2)}` : arg;
}

function unknownVerb(verb: string): UsageError {
  const near = suggest(verb, VERBS).map((word) => `\t${word}\n`);
  const hint = near.length === 0
    ? ""
    : `Did you mean this?\n${near.join("")}\n`;
  const message = `unknown command "${verb}" for "cnitool"`;
  return new UsageError(message, hint + SEE_HELP);
}

function unknownFlag(arg: string, usage: string): UsageError {
  const flag = arg.split("=")[0]!;
  const message = flag.startsWith("--")
    ? `unknown flag: ${flag}`
    : `unknown shorthand flag: '${flag.slice(1, 2)}' in ${flag}`;
  const [near] = flag.startsWith("--") ? suggest(flag, FLAGS) : [];
  const hint = near === undefined ? "" : `Did you mean ${near}?\n\n`;
  return new UsageError(message, hint + usage);
}
