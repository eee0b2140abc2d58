import { runChild } from "./child.ts";

/** A folder that someone has named cannot be used; the message says why. */
export class FolderError extends Error {
  override readonly name = "FolderError";
}

/**
 * The names of the files right in a folder, which may lie anywhere: `find`
 * reads it, with the rights of whoever has named it.
 *
 * @param folder An absolute path.
 * @param tests Words for `find` that choose among the files.
 * @throws {FolderError} If it cannot be read.
 */
export async function findFiles(
  folder: string,
  tests: readonly string[],
): Promise<readonly string[]> {
  const { status, stdout, stderr } = await runChild({
    words: [
      ...["find", "-L", folder, "-mindepth", "1", "-maxdepth", "1"],
      ...["-type", "f", ...tests, "-printf", "%f\\0"],
    ],
    env: { PATH: Deno.env.get("PATH") ?? "", LC_ALL: "C" },
  });
  if (status === 0) {
    return stdout.split("\0").filter((name) => name !== "").sort();
  }
  const reason = stderr.trim().split("\n")[0]?.split(": ").at(-1);
  throw new FolderError(`Cannot read the folder ${folder}: ${reason}`);
}
