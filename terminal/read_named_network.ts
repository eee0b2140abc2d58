import { runCommand } from "../lib/linux/mod.ts";
import {
  type ConfigFile,
  pluginFolderOf,
  readFolder,
} from "../lib/runtime/mod.ts";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import { fullPath, isReadable } from "./named_path.ts";
import { readNamedBytes } from "./read_named_file.ts";
import type { TerminalProcess } from "./terminal_process.ts";

/** The files that a network is read from. */
export interface NetworkFiles {
  /** The file that was named. */
  readonly own: ConfigFile;
  /** Those that hold further plugins, in order. */
  readonly further: readonly ConfigFile[];
}

/**
 * Reads the files of a network that a person has named on the command line, as
 * {@linkcode readNamedFile} does: that file, and those in the folder of further
 * plugins beside it.
 *
 * @throws {CniError} Code 5 if one cannot be read.
 */
export async function readNamedNetwork(
  path: string,
  process: TerminalProcess,
): Promise<NetworkFiles> {
  const own = { file: path, content: await readNamedBytes(path, process) };
  return { own, further: await readFurther(own, process) };
}

/**
 * Reads the files that hold further plugins of a network.
 *
 * @param own The network's own file, which need not be there.
 * @throws {CniError} Code 5 if one cannot be read.
 */
export async function readFurther(
  own: ConfigFile,
  process: TerminalProcess,
): Promise<readonly ConfigFile[]> {
  const folder = pluginFolderOf(own);
  if (folder === undefined) return [];
  const full = fullPath(folder, process);
  const names = isReadable(full)
    ? readFolder(full, FAILURE)
    : await listAside(full);
  return await Promise.all(
    names.filter((name) => name.endsWith(".conf")).map(async (name) => {
      const file = `${folder}/${name}`;
      return { file, content: await readNamedBytes(file, process) };
    }),
  );
}

const FAILURE = "failed to read plugin config files in";

/** Lists what is not a folder, with a zero after each name. */
const LIST = `[ -e "$1" ] || exit 0
cd -- "$1" || exit
for name in * .*; do
  [ -d "$name" ] || [ ! -e "$name" ] || printf '%s\\0' "$name"
done`;

async function listAside(folder: string): Promise<readonly string[]> {
  const command = { program: "sh", args: ["-c", LIST, "sh", folder] };
  const { status, stdout, stderr } = await runCommand(command);
  if (status === 0) return stdout.split("\0").slice(0, -1).sort();
  const reason = stderr.trim().split(": ").at(-1);
  throw new CniError(CniCode.IoFailure, `${FAILURE} ${folder}: ${reason}`);
}
