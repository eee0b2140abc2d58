/**
 * Runs tests in a machine whose kernel has what the host's may lack: user-mode
 * Linux, a program as any other, which needs no KVM. Its root is the host's
 * under a layer in memory, so it changes nothing there.
 *
 * `make test-vm` runs the files that name a kind of link, or those in `ARGS`.
 *
 * @module
 */
import { isFile } from "./is_file.ts";
import { PROJECT_ROOT, projectFiles } from "./project.ts";
import { addCounts, type Counts, formatCounts } from "./test_counts.ts";
import { kernelPlaces, kindsIn, machineStatus } from "./vm_words.ts";

/** What a machine that hangs is given before its power is cut. */
const LIMIT_SECONDS = "1800";

/** The machine's kernel, or `undefined` if none is found. */
export function findKernel(): string | undefined {
  const places = kernelPlaces(PROJECT_ROOT, {
    chosen: Deno.env.get("VM_KERNEL"),
    origin: originFolder(),
  });
  return places.find(isFile);
}

/** What to say where {@linkcode findKernel} finds none. */
export const NO_KERNEL =
  "Not run in a virtual machine: no kernel; build it with make vm-kernel, " +
  "or set VM_KERNEL";

/** The folder that this checkout is a clone of, if it is on this machine. */
function originFolder(): string | undefined {
  try {
    const args = ["-C", PROJECT_ROOT, "config", "remote.origin.url"];
    const { stdout } = new Deno.Command("git", { args, stderr: "null" })
      .outputSync();
    const url = new TextDecoder().decode(stdout).trim().replace("file://", "");
    return url.startsWith("/") ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The end-to-end tests that name a kind of link which passes `isWanted`, such
 * as those whose kinds this system's kernel lacks.
 */
export async function filesNaming(
  isWanted: (kind: string) => boolean,
): Promise<readonly string[]> {
  const files = [];
  for (const file of await projectFiles()) {
    if (!/^tests\/e2e\/.*_kernel_test\.ts$/.test(file)) continue;
    const text = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
    if (kindsIn(text).some(isWanted)) files.push(file);
  }
  return files;
}

/** Where the machine's output goes while it runs. */
export type Show = (part: string) => void;

/** Runs `deno test` with these words in the machine. */
export async function testInMachine(
  kernel: string,
  words: readonly string[],
  show: Show,
): Promise<Counts> {
  const folder = await Deno.makeTempDir({ prefix: "cni-vm-" });
  try {
    const script = `${folder}/script`;
    await Deno.writeTextFile(
      script,
      [
        `cd ${quoted(PROJECT_ROOT)}`,
        "export NO_COLOR=1 DENO_NO_UPDATE_CHECK=1",
        `exec ${
          [Deno.execPath(), "test", "--allow-all", "--no-check", ...words]
            .map(quoted).join(" ")
        }`,
      ].join("\n"),
    );
    const { text, errors } = await runMachine(kernel, {
      ...{ folder, script, show },
    });
    const status = machineStatus(text);
    if (status === undefined) {
      show(`The machine stopped before its time\n${errors}`);
    }
    return addCounts(text, status === 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function runMachine(
  kernel: string,
  { folder, script, show }: { folder: string; script: string; show: Show },
): Promise<{ text: string; errors: string }> {
  const child = new Deno.Command("timeout", {
    args: [
      // Ends the kernel's processes too: they are a group.
      ...["--signal=KILL", LIMIT_SECONDS, kernel],
      ...["mem=3G", "ncpus=1", "quiet", "seccomp=on", "con=null"],
      "con0=fd:0,fd:1",
      ...["rootfstype=hostfs", "rootflags=/", "ro"],
      // No links but those that tests make.
      ...["dummy.numdummies=0", "ifb.numifbs=0", "bonding.max_bonds=0"],
      `init=${PROJECT_ROOT}/tests/vm/init`,
      `vm_script=${script}`,
    ],
    // The machine's memory is a file, in memory itself.
    env: { TMPDIR: "/dev/shm", HOME: folder },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    const part = decoder.decode(chunk, { stream: true }).replaceAll("\r", "");
    show(part);
    text += part;
  }
  await child.status;
  return { text, errors: await errors };
}

if (import.meta.main) {
  const kernel = findKernel();
  if (kernel === undefined) {
    console.error(NO_KERNEL);
    Deno.exit(1);
  }
  const words = Deno.args.length > 0
    ? Deno.args
    : await filesNaming(() => true);
  const show = (part: string) =>
    void Deno.stdout.writeSync(new TextEncoder().encode(part));
  const counts = await testInMachine(kernel, words, show);
  console.log(formatCounts(counts));
  if (counts.failed > 0) Deno.exit(1);
}
