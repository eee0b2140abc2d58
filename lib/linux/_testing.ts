import {
  type Command,
  type Output,
  ProgramMissingError,
  type Run,
  runCommand,
} from "./command.ts";

/** A {@linkcode Run} that does nothing but remember what it should have run. */
export interface FakeRun extends Run {
  /** The commands so far, in order. */
  readonly commands: readonly Command[];
}

/**
 * Makes a {@linkcode FakeRun}.
 *
 * @param answer How a command ends, unless with status 0 and no output.
 */
export function fakeRun(
  answer: (command: Command) => Partial<Output> = () => ({}),
): FakeRun {
  const commands: Command[] = [];
  const run: Run = async (command) => {
    commands.push(command);
    await Promise.resolve();
    return { status: 0, stdout: "", stderr: "", ...answer(command) };
  };
  return Object.assign(run, { commands });
}

/** What a {@linkcode fakeRun} answers for programs that are not installed. */
export function missing(program: string): never {
  throw new ProgramMissingError(program, undefined);
}

/** A network namespace that exists for one test. */
export interface TestNamespace {
  /** Its path. */
  readonly netns: string;
  /** Runs commands inside; those that enter another one leave it again. */
  readonly run: Run;
}

/** What a {@linkcode namespaceTest} needs besides root, `ip` and `nsenter`. */
export interface NamespaceTestOptions {
  /** The names of programs. */
  readonly needs?: readonly string[];
}

/**
 * Registers a test that gets a network namespace of its own. Where it cannot
 * run, its title says why.
 */
export function namespaceTest(
  title: string,
  body: (namespace: TestNamespace, t: Deno.TestContext) => Promise<void>,
  { needs = [] }: NamespaceTestOptions = {},
): void {
  const reason = whyNot(["ip", "nsenter", ...needs]);
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: (t) => withNamespace((namespace) => body(namespace, t)),
  });
}

/** Makes a network namespace, runs `body` and removes the namespace. */
export async function withNamespace(
  body: (namespace: TestNamespace) => Promise<void>,
): Promise<void> {
  const name = `unit-${crypto.randomUUID().slice(0, 13)}`;
  const netns = `/run/netns/${name}`;
  const run: Run = ({ program, args, netns: inner, ...rest }) => {
    const enter = inner === undefined
      ? []
      : ["nsenter", `--net=${inner}`, "--"];
    const words = [`--net=${netns}`, "--", ...enter, program, ...args];
    return runCommand({ ...rest, program: "nsenter", args: words });
  };
  await must(runCommand, { program: "ip", args: ["netns", "add", name] });
  try {
    await body({ netns, run });
  } finally {
    await must(runCommand, { program: "ip", args: ["netns", "del", name] });
  }
}

/** Runs a command that a test relies on, and returns what it printed. */
export async function must(run: Run, command: Command): Promise<string> {
  const { status, stdout, stderr } = await run(command);
  if (status === 0) return stdout;
  const text = [command.program, ...command.args].join(" ");
  throw new Error(`${text} ended with status ${status}: ${stderr}`);
}

/** Why tests that change the kernel cannot run here, if they can't. */
function whyNot(programs: readonly string[]): string | undefined {
  if (Deno.build.os !== "linux") return "needs Linux";
  if (Deno.uid() !== 0) return "needs root";
  const absent = programs.filter((program) => !isInstalled(program));
  return absent.length === 0 ? undefined : `needs ${absent.join(", ")}`;
}

function isInstalled(program: string): boolean {
  const path = `${Deno.env.get("PATH") ?? ""}:/usr/sbin:/usr/bin:/sbin:/bin`;
  return path.split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
