import { runCommand } from "../lib/linux/mod.ts";

/** What a script is started with. */
export interface ScriptOptions {
  /** Its variables. */
  readonly variables: Readonly<Record<string, string>>;
  /** The words after them. */
  readonly names?: readonly string[];
  /** What could not be done if it fails. */
  readonly failure: string;
}

/**
 * Runs a script of this folder by `sh`, with the rights of whoever installs: the
 * program itself may write to its state folders only. Needs `--allow-run`.
 *
 * @returns What it says.
 * @throws {Error} If it fails, with the reason that it gives.
 */
export async function runScript(
  script: string,
  { variables, names = [], failure }: ScriptOptions,
): Promise<string> {
  const words = Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`);
  // All of them are arguments: the shell does not read what is in them.
  const args = ["-c", script, "sh", ...words, "--", ...names];
  const { status, stdout, stderr } = await runCommand({ program: "sh", args });
  if (status === 0) return stdout;
  throw new Error(`${failure}: ${stderr.trim() || `exit status ${status}`}`);
}
