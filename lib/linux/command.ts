import { CniCode, CniError } from "../spec/mod.ts";
import { traced } from "../trace/mod.ts";
import { programEnvironment, SYSTEM_PATH } from "./program_environment.ts";
import { runFaithfully } from "./run_faithfully.ts";

/** A program to run, as data. */
export interface Command {
  /** The program's name, looked up in `PATH` and the system's own folders. */
  readonly program: string;
  /** Its arguments; no shell reads them. */
  readonly args: readonly string[];
  /** What it reads on stdin; nothing when absent. */
  readonly stdin?: string;
  /** Path of the network namespace to run in; this program's when absent. */
  readonly netns?: string;
  /** Whether a script only reads, so that it may be repeated. */
  readonly isReading?: boolean;
}

/** Whether a command is a script for `sh`, which is its stdin. */
export function isScript({ program, args }: Command): boolean {
  return program === "sh" && args.join(" ") === "-s";
}

/** How a {@linkcode Command} ended. */
export interface Output {
  /** Exit status: 0 for success. */
  readonly status: number;
  /** All that it wrote to stdout. */
  readonly stdout: string;
  /** All that it wrote to stderr. */
  readonly stderr: string;
}

/** Runs a command to its end. Tests hand in their own. */
export type Run = (command: Command) => Promise<Output>;

/** Programs, and the Debian package that brings each, for the error message. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: "iproute2",
  bridge: "iproute2",
  tc: "iproute2",
  nsenter: "util-linux",
  unshare: "util-linux",
  base64: "coreutils",
  runcon: "coreutils",
  iptables: "iptables",
  "iptables-restore": "iptables",
  ip6tables: "iptables",
  "ip6tables-restore": "iptables",
  nft: "nftables",
  conntrack: "conntrack",
};

/**
 * A program that is not installed. It is a {@linkcode CniError}, so that it
 * reaches the runtime with its remedy when nobody has another way.
 */
export class ProgramMissingError extends CniError {
  /** The program's name. */
  readonly program: string;

  /**
   * Makes the error for a program.
   *
   * @param cause What the attempt to start it has thrown.
   */
  constructor(program: string, cause: unknown) {
    const source = PACKAGES[program] ?? program;
    super(CniCode.Internal, `Cannot run ${program}`, {
      details: `${program} is neither in PATH nor in ${SYSTEM_PATH}: ` +
        `install the package ${source}`,
      cause,
    });
    this.program = program;
  }
}

/**
 * Runs a command as a child process. Needs `--allow-run` and
 * `--allow-env=PATH`.
 *
 * @throws {ProgramMissingError} If there is no such program.
 */
export function runCommand(command: Command): Promise<Output> {
  return runFaithfully(
    command,
    (one) => traced(() => commandText(one), () => runner(one)),
  );
}

/** What runs commands. It is the process's, as is `PATH`. */
let runner: Run = runChild;

/**
 * Has {@linkcode runCommand} run all commands by another way: a program that
 * stays has a better one. As child processes when absent.
 */
export function useRunner(run: Run = runChild): void {
  runner = run;
}

/** What is run, for a trace: the command, and how its input begins. */
export function commandText({ program, args, stdin, netns }: Command): string {
  const words = [program, ...args].join(" ");
  const place = netns === undefined ? "" : ` in ${netns}`;
  const input = stdin?.trim() ?? "";
  return `${words}${place}${input === "" ? "" : `: ${input.slice(0, 200)}`}`;
}

async function runChild(command: Command): Promise<Output> {
  const child = spawnProgram(...programOf(command));
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    writeStdin(child.stdin, command.stdin ?? ""),
  ]);
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** What to start for a command: nsenter, if it has a namespace of its own. */
function programOf(
  { program, args, netns }: Command,
): [string, readonly string[]] {
  return netns === undefined
    ? [program, args]
    : ["nsenter", [`--net=${netns}`, "--", program, ...args]];
}

/**
 * Starts a program with pipes for all its streams and with the variables of
 * {@linkcode programEnvironment}.
 *
 * @throws {ProgramMissingError} If there is no such program.
 */
export function spawnProgram(
  program: string,
  args: readonly string[],
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, {
      args: [...args],
      clearEnv: true,
      env: programEnvironment(),
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new ProgramMissingError(program, cause);
  }
}

async function writeStdin(
  stdin: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A child that ended early says why by its exit status.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
