/** How a program ended. */
export interface Output {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What {@linkcode run} may be given besides the words. */
export interface RunOptions {
  readonly stdin?: string;
  /** Variables over those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end. */
export async function run(
  [program = "", ...args]: readonly string[],
  { stdin = "", env = {} }: RunOptions = {},
): Promise<Output> {
  const child = new Deno.Command(program, {
    args,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    feed(child.stdin, stdin),
  ]);
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** As {@linkcode run}, for a program that must succeed; returns its stdout. */
export async function must(
  words: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await run(words, options);
  if (status === 0) return stdout;
  throw new Error(`${words.join(" ")}: status ${status}\n${stderr}${stdout}`);
}

async function feed(
  stdin: WritableStream<Uint8Array>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    if (text !== "") await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // A program need not read its input.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
