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
 * A life of the program with, in the midst of it, what a restart does: another
 * boot id in the place of the kernel's, and an empty `/run/cni`, or only one of
 * them; or what a restored checkpoint does: a note of another boot.
 */
const SCRIPT = `
  cni() {
    export CNI_COMMAND="$1" CNI_CONTAINERID="$2" CNI_IFNAME=eth0 CNI_ARGS="$3"
    export CNI_NETNS=/run/netns/host-local-test-none CNI_PATH=/nowhere
    "$deno" run -A --quiet --no-check "$cli" host-local <"$dir/config" |
      tr -d ' \\n' | sed -E 's/.*"(address|msg)":"([^"]*)".*/\\2/' | cut -c 1-11
    echo
  }
  mount_run() { mount "$@" /run/cni; }
  if [ "$run" = disk ]; then
    mount_run --bind "$disk"
  else
    mount_run -t tmpfs none
  fi
  cni ADD c1; cni ADD c2; cni ADD c3
  echo 11111111-2222-4333-8444-555555555555 >"$dir/boot_id"
  [ "$run" = kept-id ] || [ "$run" = restored ] ||
    mount --bind "$dir/boot_id" /proc/sys/kernel/random/boot_id
  case $run in
    disk) rm -rf /run/cni/host-local ;;
    kept-run) ;;
    restored) sed -i "s/[^.]*$/$(cat "$dir/boot_id")/" /run/cni/host-local/boot ;;
    *) umount /run/cni && mount_run -t tmpfs none ;;
  esac
  cni ADD c4 IP=10.0.0.3; cni ADD c5; cni ADD c6`;

const RUNS = {
  "reclaims after a restart": { run: "memory", isReclaimed: true },
  "reclaims nothing where /run stays": { run: "kept-run", isReclaimed: false },
  "reclaims nothing where /run is restored from another boot": {
    run: "restored",
    isReclaimed: false,
  },
  "reclaims nothing where the boot id stays": {
    run: "kept-id",
    isReclaimed: false,
  },
  "reclaims nothing where /run is on a disk": {
    run: "disk",
    isReclaimed: false,
  },
};

const reason = whyNot();
for (const [title, { run, isReclaimed }] of Object.entries(RUNS)) {
  const name = `hostLocal ${title}`;
  Deno.test({
    name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    fn: () => {
      using disk = makeDiskFolder();
      if (run === "disk" && disk === undefined) {
        return console.warn("not tried: no folder here is on a disk");
      }
      using dataDir = makeDataDir();
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
      const refused = "Cannotalloc";
      assertEquals(decoder.decode(stdout).trim().split(/\s+/), [
        ...["10.0.0.2/24", "10.0.0.3/24", refused],
        ...(isReclaimed
          ? ["10.0.0.3/24", "10.0.0.2/24", refused]
          : [refused, refused, refused]),
      ]);
    },
  });
}
