import { PROJECT_ROOT, projectFiles } from "../project.ts";

/** How a run of Deno ended. */
export type Ending = "passed" | "failed" | "timed out";

/** How long a run may take, and what ends it before. */
export interface RunOptions {
  readonly timeoutMs: number;
  /** Kills it, with all that it started. */
  readonly signal: AbortSignal;
}

/** A copy of the project, in which files may be wrong. */
export interface Workspace extends AsyncDisposable {
  /** The files, relative to its root, in order. */
  readonly files: readonly string[];
  read(file: string): Promise<string>;
  write(file: string, text: string): Promise<void>;
  /** Runs Deno there; as root on Linux, in namespaces of its own. */
  run(args: readonly string[], options: RunOptions): Promise<Ending>;
}

/**
 * Copies the project into a folder for temporary files, so that the checkout
 * stays as it is whatever ends the work. Disposing of it removes the folder.
 */
export async function createWorkspace(): Promise<Workspace> {
  const folder = await Deno.makeTempDir({ prefix: "cni-mutants-" });
  const [root, temp] = [`${folder}/project`, `${folder}/tmp`];
  const remove = () => Deno.remove(folder, { recursive: true });
  const files = await projectFiles();
  try {
    await Deno.mkdir(temp);
    await copyFiles(files, root);
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    files,
    read: (file) => Deno.readTextFile(`${root}/${file}`),
    write: (file, text) => Deno.writeTextFile(`${root}/${file}`, text),
    run: (args, options) => runIn({ root, temp }, args, options),
    [Symbol.asyncDispose]: remove,
  };
}

async function copyFiles(
  files: readonly string[],
  root: string,
): Promise<void> {
  for (const file of files) {
    const path = `${root}/${file}`;
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.copyFile(`${PROJECT_ROOT}/${file}`, path);
  }
}

/**
 * A wrong change may do to the host what a test means for a namespace: it gets
 * a network, mounts and processes that end with the run.
 */
const SCRIPT = `
for dir in /run/netns /run/cni /var/lib/cni; do
  mkdir -p "$dir" && mount -t tmpfs none "$dir" || exit
done
ip link set lo up
# Not exec: the first process adopts orphans, and Deno would not bury them.
"$0" "$@"
exit $?`;

async function runIn(
  { root, temp }: { readonly root: string; readonly temp: string },
  args: readonly string[],
  { timeoutMs, signal }: RunOptions,
): Promise<Ending> {
  signal.throwIfAborted();
  const words = [Deno.execPath(), ...args];
  const isIsolated = Deno.build.os === "linux" && Deno.uid() === 0;
  const namespaces = ["--net", "--mount", "--pid", "--mount-proc"];
  const [program, ...rest] = isIsolated
    ? ["unshare", ...namespaces, "--kill-child", "sh", "-c", SCRIPT, ...words]
    : words;
  const child = new Deno.Command(program!, {
    args: rest,
    cwd: root,
    env: { TMPDIR: temp, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isLate = false;
  // unshare itself does not mind SIGTERM.
  const kill = () => child.kill("SIGKILL");
  const timer = setTimeout(() => {
    isLate = true;
    kill();
  }, timeoutMs);
  signal.addEventListener("abort", kill);
  try {
    const { success } = await child.status;
    signal.throwIfAborted();
    if (isLate) return "timed out";
    return success ? "passed" : "failed";
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
  }
}
