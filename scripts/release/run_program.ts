/**
 * Runs a program to its end.
 *
 * @throws {Error} If it is not there or fails, with what it said.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const command = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: "null",
    ...(cwd === undefined ? {} : { cwd }),
  });
  const { success, stdout, stderr } = await command.output().catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new Error(`Cannot run ${program}: it is not installed`, { cause });
  });
  if (success) return stdout;
  const said = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot run ${program} ${args.join(" ")}\n${said}`);
}
