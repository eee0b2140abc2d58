/** How a `deno` command ended. */
export interface DenoOutput {
  readonly success: boolean;
  readonly stdout: string;
  /** Without colours. */
  readonly stderr: string;
}

/** Where and for how long a `deno` command runs. */
export interface DenoOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It is ended after this time. */
  readonly timeoutMs?: number;
}

/** Runs the Deno that runs this with other arguments. */
export async function runDeno(
  args: readonly string[],
  { cwd, env = {}, timeoutMs }: DenoOptions = {},
): Promise<DenoOutput> {
  const command = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env: { ...env, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeoutMs === undefined
      ? {}
      : { signal: AbortSignal.timeout(timeoutMs) }),
  });
  const { success, stdout, stderr } = await command.output();
  const decoder = new TextDecoder();
  return {
    success,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}
