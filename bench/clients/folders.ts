import { PROJECT_ROOT } from "../../scripts/project.ts";
import { OURS } from "../contender.ts";
import { runProgram } from "../measure.ts";

/** A folder of plugins that clients use. */
export interface PluginFolder {
  readonly name: string;
  readonly binDir: string;
  /** Where its daemon is; absent without a resident mode. */
  readonly daemonBin?: string;
}

/** Our plugins as `make build` leaves them, which need a daemon. */
const RESIDENT = `${PROJECT_ROOT}/build/resident`;

/**
 * The folders that have all of these plugins: ours in resident mode, ours
 * directly, the newest release of the reference.
 */
export async function foldersWith(
  plugins: readonly string[],
): Promise<readonly PluginFolder[]> {
  const words = [`${PROJECT_ROOT}/scripts/reference`];
  const reference = (await runProgram({ words })).stdout.trim();
  const folders: readonly PluginFolder[] = [
    { name: "ours, resident", binDir: RESIDENT, daemonBin: RESIDENT },
    { name: "ours, directly", binDir: OURS },
    { name: "reference, newest release", binDir: reference },
  ];
  const hasAll = ({ binDir }: PluginFolder) =>
    plugins.every((plugin) => isFile(`${binDir}/${plugin}`));
  return folders.filter(hasAll);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
