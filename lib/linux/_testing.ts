import type { Command, Output, Run } from "./command.ts";
import { ProgramMissingError } from "./command.ts";
import { inSandbox } from "./batch.ts";

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

/**
 * Registers a test that gets a network namespace of its own. Where it cannot
 * run, its title says why.
 *
 * @param run Runs the programs, `ip` and `nsenter` among them.
 */
export function namespaceTest(
  title: string,
  run: Run,
  body: (namespace: TestNamespace, t: Deno.TestContext) => Promise<void>,
): void {
  const reason = whyNot();
  Deno.test({
    name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: async (t) => {
      const name = `unit-${crypto.randomUUID().slice(0, 13)}`;
      await must(run, { program: "ip", args: ["netns", "add", name] });
      try {
        const netns = `/run/netns/${name}`;
        const inside: Run = (command) => run(inSandbox(command, netns));
        await body({ netns, run: inside }, t);
      } finally {
        await must(run, { program: "ip", args: ["netns", "del", name] });
      }
    },
  });
}

/** Runs a command that a test relies on, and returns what it printed. */
export async function must(run: Run, command: Command): Promise<string> {
  const { status, stdout, stderr } = await run(command);
  if (status === 0) return stdout;
  const text = [command.program, ...command.args].join(" ");
  throw new Error(`${text} ended with status ${status}: ${stderr}`);
}

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux") return "needs Linux";
  return Deno.uid() === 0 ? undefined : "needs root";
}
