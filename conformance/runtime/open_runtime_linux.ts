import { openHost, RequirementError, runChild } from "../run/mod.ts";
import type { RuntimeSubject } from "./runtime_subject.ts";

/** How {@linkcode openRuntime} makes a runtime callable. */
export interface OpenRuntimeOptions {
  /** The command: a program and words before the verb, parted by blanks. */
  readonly command: string;
  /** The folder that it is run in; absolute. */
  readonly cwd: string;
  /** The variable `PATH`. */
  readonly path: string;
  /** After which a run is ended, in milliseconds. */
  readonly callLimitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A runtime that can be called, in a host of its own. */
export interface OpenRuntime extends AsyncDisposable {
  readonly subject: RuntimeSubject;
  /** A folder that runtime and tests see under the same path. */
  readonly folder: string;
  /** A text that no other run has. */
  readonly unique: string;
}

/** Where the folder is made: programs there can be started, unlike in /run. */
const ROOT = "/var/lib/cni";

/**
 * Makes a host with an empty `/var/lib/cni` and a container's namespace, and
 * calls the runtime there. Disposing of it removes all of it.
 *
 * @throws {RequirementError} If there is no such program.
 */
export async function openRuntime(
  { command, cwd, path, callLimitMs, signal }: OpenRuntimeOptions,
): Promise<OpenRuntime> {
  const words = command.split(/\s+/).filter((word) => word !== "");
  await refuseMissing(words[0] ?? "", path);
  const unique = crypto.randomUUID().slice(0, 8);
  const folder = `${ROOT}/conformance-${unique}`;
  await using cleanup = new AsyncDisposableStack();
  await Deno.mkdir(folder, { recursive: true });
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const host = cleanup.use(await openHost(folder));
  const env = { PATH: path };
  // Entering a mount namespace leads to its root.
  const enter = ["sh", "-c", 'cd "$0" && exec "$@"', cwd];
  const must = async (words: readonly string[]) => {
    const { status, stdout, stderr } = await host.run({ words, env, signal });
    if (status === 0) return stdout;
    throw new RequirementError(`${words.join(" ")} fails: ${stderr.trim()}`);
  };
  await must(["ip", "netns", "add", "container"]);
  const ownNetns = (await must(["readlink", "/proc/self/ns/net"])).trim();
  const subject: RuntimeSubject = {
    name: command,
    netns: "/run/netns/container",
    ownNetns,
    run: async (args, variables) => {
      const given = { ...env, ...variables };
      const output = await host.run({
        ...{ words: [...enter, ...words, ...args], env: given },
        ...{ limitMs: callLimitMs, signal },
      });
      const program = [...words, ...args].join(" ");
      return { program, env: given, stdin: "", ...output };
    },
  };
  const open = cleanup.move();
  return {
    ...{ subject, folder, unique },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function refuseMissing(program: string, path: string): Promise<void> {
  const { status } = await runChild({
    words: ["sh", "-c", 'command -v -- "$1"', "sh", program],
    env: { PATH: path },
  });
  if (status === 0) return;
  throw new RequirementError(
    `Cannot find the runtime ${JSON.stringify(program)}: name a program, ` +
      "such as build/bin/cnitool",
  );
}
