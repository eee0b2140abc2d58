import { type ChildCommand, killGroup } from "./child.ts";
import { RequirementError } from "./requirements_linux.ts";

/** How long a daemon may take for its first line of output. */
const START_LIMIT_MS = 20_000;

/**
 * Starts a program that stays, and waits for its first line of output, by which
 * it says that it is ready. Disposing of it kills it and all that it started.
 *
 * @throws {RequirementError} If it says nothing for 20 seconds; when it is
 * disposed of, if it has ended by itself.
 */
export async function startDaemon(
  { words, env = {}, signal }: Pick<ChildCommand, "words" | "env" | "signal">,
): Promise<AsyncDisposable> {
  const [program = "", ...args] = words;
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const { promise: ready, resolve } = Promise.withResolvers<boolean>();
  let said = "";
  const hear = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      said += text.slice(0, MAX_SAID - said.length);
      if (said.includes("\n")) resolve(true);
    }
  };
  const heard = Promise.all([hear(child.stdout), hear(child.stderr)]);
  let isEnded = false;
  const ended = child.status.then(() => {
    isEnded = true;
    return heard;
  });
  const kill = async () => {
    killGroup(child.pid);
    await ended;
  };
  const limit = setTimeout(() => resolve(false), START_LIMIT_MS);
  signal?.addEventListener("abort", () => resolve(false));
  const isReady = await Promise.race([ready, ended.then(() => false)]);
  clearTimeout(limit);
  const fault = (what: string) =>
    new RequirementError(
      `The daemon ${what}: ${said.trim() || "it has said nothing"}`,
    );
  if (!isReady) {
    await kill();
    signal?.throwIfAborted();
    throw fault("does not start");
  }
  return {
    [Symbol.asyncDispose]: async () => {
      const hasFailed = isEnded;
      await kill();
      if (hasFailed) throw fault("has ended by itself");
    },
  };
}

/** As much of a daemon's output as is kept, in characters. */
const MAX_SAID = 4096;
