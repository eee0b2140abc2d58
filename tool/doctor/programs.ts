import { ProgramMissingError, type Run } from "../../lib/linux/mod.ts";

/** What a program prints; nothing if it cannot, which is told elsewhere. */
export async function linesOf(
  run: Run,
  program: string,
  args: readonly string[],
): Promise<readonly string[]> {
  try {
    const { status, stdout } = await run({ program, args });
    if (status !== 0) return [];
    return stdout.split("\n").filter((line) => line.trim() !== "");
  } catch (error) {
    if (error instanceof ProgramMissingError) return [];
    throw error;
  }
}

/** What a program prints as JSON; `undefined` if it cannot. */
export async function jsonOf<T>(
  run: Run,
  program: string,
  args: readonly string[],
): Promise<T | undefined> {
  const lines = await linesOf(run, program, args);
  return lines.length === 0 ? undefined : JSON.parse(lines.join("\n"));
}
