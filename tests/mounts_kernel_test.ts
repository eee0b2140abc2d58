/**
 * Runs the tests that a kind of file system could fail in each kind of mount:
 * on most machines `/run` is memory, in a container it may be a disk, and
 * temporary files are in either.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { PROJECT_ROOT, projectFiles } from "../scripts/project.ts";

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux") return "mounts are Linux's";
  if (Deno.uid() !== 0) return "needs root";
  try {
    const args = ["-m", "mount", "-t", "tmpfs", "none", "/mnt"];
    const { success } = new Deno.Command("unshare", { args }).outputSync();
    return success ? undefined : "cannot mount a tmpfs";
  } catch {
    return "needs unshare (Debian: util-linux)";
  }
}

/** Kinds of `/run` and of the folder for temporary files. */
const MOUNTS = {
  "/run in memory, other folders on a disk": { run: "memory", tmp: "disk" },
  "both in memory": { run: "memory", tmp: "memory" },
  "both on a disk": { run: "disk", tmp: "disk" },
  "/run on a disk, temporary files in memory": { run: "disk", tmp: "memory" },
} as const;

/** Mounts both, and runs a command with what every start of a system makes. */
const SCRIPT = `set -e
disk=$1; shift
mkdir "$disk/run" "$disk/tmp"
if [ "$tmp" = memory ]; then mount -t tmpfs none "$disk/tmp"; fi
export TMPDIR="$disk/tmp"
if [ "$run" = memory ]; then mount -t tmpfs none /run
else mount --bind "$disk/run" /run; fi
mkdir /run/netns /run/cni
exec "$@"`;

/** A folder on a disk, whatever `/tmp` is here; `undefined` without a disk. */
function makeDiskFolder(): string | undefined {
  for (const dir of ["/var/tmp", PROJECT_ROOT]) {
    const args = ["-f", "-c", "%T", dir];
    const { success, stdout } = new Deno.Command("stat", { args }).outputSync();
    const kind = new TextDecoder().decode(stdout).trim();
    if (success && kind !== "tmpfs") return Deno.makeTempDirSync({ dir });
  }
  return undefined;
}

/** The tests outside of `tests/` that speak of a kind of file system. */
async function testFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of await projectFiles()) {
    if (!file.endsWith("_test.ts") || file.startsWith("tests/")) continue;
    const text = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
    if (/tmpfs|"\/run\/cni/.test(text)) found.push(file);
  }
  return found;
}

const reason = whyNot();
for (const [where, { run, tmp }] of Object.entries(MOUNTS)) {
  const name = `tests pass with ${where}`;
  Deno.test({
    name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    async fn() {
      const disk = makeDiskFolder();
      if (disk === undefined) {
        return console.warn("not tried: no folder here is on a disk");
      }
      try {
        const files = await testFiles();
        assertEquals(files.some((file) => /reboot_kernel/.test(file)), true);
        const { success, stdout, stderr } = await new Deno.Command("unshare", {
          args: [
            ...["-m", "sh", "-c", SCRIPT, "sh", disk, Deno.execPath()],
            ...["test", "--allow-all", "--no-check", "--quiet", ...files],
          ],
          cwd: PROJECT_ROOT,
          env: { run, tmp, NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
        }).output();
        const decoder = new TextDecoder();
        const text = decoder.decode(stdout) + decoder.decode(stderr);
        assertEquals(success, true, text);
      } finally {
        await Deno.remove(disk, { recursive: true });
      }
    },
  });
}
