import { assertEquals } from "@std/assert";

/** Why a file system cannot be mounted here, if so. */
function whyNot(): string | undefined {
  if (Deno.build.os !== "linux") return "tmpfs is Linux's";
  if (Deno.uid() !== 0) return "needs root";
  const args = ["-m", "mount", "-t", "tmpfs", "none", "/mnt"];
  try {
    const { success } = new Deno.Command("unshare", { args }).outputSync();
    return success ? undefined : "cannot mount a tmpfs";
  } catch {
    return "needs unshare (Debian: util-linux)";
  }
}

/** A program that asks three times; prints how often the kernel was asked. */
const PROGRAM = `
  import { kernelBoots } from "${new URL("kernel_boots.ts", import.meta.url)}";
  const { read } = kernelBoots();
  let asked = 0;
  const counted = () => (asked++, read());
  const boots = [1, 2, 3].map(() =>
    kernelBoots({ noteDir: Deno.args[0], read: counted }).current()
  );
  console.log(asked, new Set(boots.map((boot) => JSON.stringify(boot))).size);
  console.log(boots[0]?.id);
`;

const reason = whyNot();
const title = "kernelBoots() keeps its note on a tmpfs, and there alone";
Deno.test({
  name: reason === undefined ? title : `${title} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  fn: () => {
    const root = Deno.realPathSync(Deno.makeTempDirSync());
    const program = `${root}/program.ts`;
    Deno.writeTextFileSync(program, PROGRAM);
    // Both are mounted: the folder that holds them may be on a tmpfs itself.
    const script = `set -e
      mkdir "$2/memory" "$2/ext4"
      mount -t tmpfs none "$2/memory"
      "$0" run -A --quiet --no-check "$1" "$2/memory/cni/notes"
      truncate -s 1M "$2/image"
      mkfs.ext4 -q "$2/image"
      mount -o loop "$2/image" "$2/ext4" 2>/dev/null || exit 0
      "$0" run -A --quiet --no-check "$1" "$2/ext4/cni/notes"`;
    const { stdout, stderr } = new Deno.Command("unshare", {
      args: ["-m", "sh", "-c", script, Deno.execPath(), program, root],
    }).outputSync();
    const id = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
    const decoder = new TextDecoder();
    const [onMemory, first, onDisk, second] = decoder.decode(stdout)
      .split("\n");
    assertEquals([onMemory, first], ["1 1", id], decoder.decode(stderr));
    if (onDisk) assertEquals([onDisk, second], ["0 1", "undefined"]);
    else console.warn("not tried on ext4: no loop devices here");
    Deno.removeSync(root, { recursive: true });
  },
});
