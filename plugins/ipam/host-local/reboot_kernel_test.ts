import { assertEquals } from "@std/assert";
import { makeDataDir } from "./_call.ts";

function whyNot(): string | undefined {
  if (Deno.build.os !== "linux") return "boot ids are Linux's";
  if (Deno.uid() !== 0) return "needs root";
  const args = ["-m", "mount", "-t", "tmpfs", "none", "/run/cni"];
  try {
    Deno.mkdirSync("/run/cni", { recursive: true });
    const { success } = new Deno.Command("unshare", { args }).outputSync();
    return success ? undefined : "cannot mount a tmpfs";
  } catch {
    return "needs unshare (Debian: util-linux)";
  }
}

/**
 * A folder on a disk, removed when disposed of; `undefined` without one. The
 * one for temporary files is in memory on many systems.
 */
function makeDiskFolder(): Disposable & { readonly path: string } | undefined {
  for (const dir of [undefined, "/var/tmp", import.meta.dirname]) {
    const path = Deno.makeTempDirSync(dir === undefined ? {} : { dir });
    const args = ["-f", "-c", "%T", path];
    const { stdout } = new Deno.Command("stat", { args }).outputSync();
    const remove = () => Deno.removeSync(path, { recursive: true });
    if (new TextDecoder().decode(stdout).trim() !== "tmpfs") {
      return { path, [Symbol.dispose]: remove };
    }
    remove();
  }
  return undefined;
}

/**
 * A life of the program with a reboot in it: another boot id in the place of
 * the kernel's, and an empty `/run/cni` where that is memory. It is mounted
 * either way, since `/run` is memory on most systems.
 */
const SCRIPT = `
  cni() {
    export CNI_COMMAND="$1" CNI_CONTAINERID="$2" CNI_IFNAME=eth0 CNI_ARGS="$3"
    export CNI_NETNS=/run/netns/host-local-test-none CNI_PATH=/nowhere
    "$deno" run -A --quiet --no-check "$cli" host-local <"$dir/config" |
      tr -d ' \\n' | sed -E 's/.*"(address|msg)":"([^"]*)".*/\\2/' | cut -c 1-11
    echo
  }
  boot() {
    if [ "$run" = disk ]; then mount --bind "$disk" /run/cni
    else mount -t tmpfs none /run/cni; fi
  }
  boot
  cni ADD c1; cni ADD c2; cni ADD c3
  echo 11111111-2222-4333-8444-555555555555 >"$dir/boot_id"
  mount --bind "$dir/boot_id" /proc/sys/kernel/random/boot_id
  umount /run/cni
  boot
  cni ADD c4 IP=10.0.0.3; cni ADD c5; cni ADD c6`;

const reason = whyNot();
for (const run of ["disk", "memory"]) {
  const place = run === "disk" ? "on a disk" : "in memory";
  const name = `hostLocal reclaims over a reboot, with /run/cni ${place}`;
  Deno.test({
    name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: () => {
      using dataDir = makeDataDir();
      using disk = makeDiskFolder();
      if (run === "disk" && disk === undefined) {
        return console.warn("not tried: no folder here is on a disk");
      }
      const dir = dataDir.path;
      const ipam = {
        dataDir: dir,
        subnet: "10.0.0.0/24",
        rangeEnd: "10.0.0.3",
      };
      const config = { cniVersion: "1.1.0", name: "net1", ipam };
      Deno.writeTextFileSync(`${dir}/config`, JSON.stringify(config));
      const { stdout, stderr } = new Deno.Command("unshare", {
        args: ["-m", "sh", "-c", SCRIPT],
        env: {
          run,
          dir,
          disk: disk?.path ?? "",
          deno: Deno.execPath(),
          cli: new URL("../../../cli.ts", import.meta.url).pathname,
        },
      }).outputSync();
      const decoder = new TextDecoder();
      assertEquals(decoder.decode(stderr), "");
      assertEquals(decoder.decode(stdout).trim().split(/\s+/), [
        ...["10.0.0.2/24", "10.0.0.3/24", "Cannotalloc"],
        ...["10.0.0.3/24", "10.0.0.2/24", "Cannotalloc"],
      ]);
    },
  });
}
