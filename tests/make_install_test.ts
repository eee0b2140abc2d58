import { assertEquals, assertStringIncludes } from "@std/assert";
import { appletNames } from "../scripts/applets.ts";
import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

const SHIM = `${PROJECT_ROOT}/build/resident/cni-shim`;

/** A folder to stage into, and `make install` for it. */
class Stage implements AsyncDisposable {
  readonly dest: string = Deno.makeTempDirSync();

  async make(...flags: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await runDeno([
      ...[
        "run",
        "--quiet",
        "--allow-all",
        `${PROJECT_ROOT}/scripts/install.ts`,
      ],
      ...["--prefix=/usr/local", "--bindir=/opt/cni/bin"],
      ...[`--destdir=${this.dest}`, ...flags],
    ]);
    assertEquals([success, stderr], [true, ""]);
    return stdout;
  }

  /** Every file below a folder of it: a link's target, or the permission bits. */
  list(folder: string, prefix = ""): Record<string, string> {
    const found: Record<string, string> = {};
    const root = `${this.dest}${folder}`;
    for (const entry of Deno.readDirSync(`${root}/${prefix}`)) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory) {
        Object.assign(found, this.list(folder, `${path}/`));
      } else if (entry.isSymlink) {
        found[path] = `-> ${Deno.readLinkSync(`${root}/${path}`)}`;
      } else {
        found[path] = modeOf(`${root}/${path}`);
      }
    }
    return found;
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.dest, { recursive: true });
  }
}

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o7777).toString(8);
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function stageTest(
  name: string,
  needs: string,
  fn: (stage: Stage) => Promise<void>,
): void {
  const reason = Deno.build.os === "windows"
    ? "Windows has no make install"
    : isThere(needs)
    ? undefined
    : `needs ${needs}: run make build`;
  Deno.test({
    name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
    ignore: reason !== undefined,
    async fn() {
      await using stage = new Stage();
      await fn(stage);
    },
  });
}

const SETTINGS = `${PROJECT_ROOT}/build/settings.json`;

async function isPortable(): Promise<boolean> {
  return JSON.parse(await Deno.readTextFile(SETTINGS)).form === "portable";
}

/** The program's own files in the plugins' folder. */
async function programFiles(): Promise<Record<string, string>> {
  const starter = await isPortable() ? {} : { "cni-launcher": "755" };
  return { ".cni-installed": "644", cni: "755", ...starter };
}

const LINKS = {
  "bin/cni": "-> /opt/cni/bin/cni",
  "bin/cnitool": "-> /opt/cni/bin/cnitool",
};

stageTest(
  "make install puts the program in place, and takes it away again",
  SETTINGS,
  async (stage) => {
    const bin = `${stage.dest}/opt/cni/bin`;
    await Deno.mkdir(bin, { recursive: true });
    for (const name of ["theirs", "bridge"]) {
      await Deno.writeTextFile(`${bin}/${name}`, name, { mode: 0o700 });
    }
    const theirs = stage.list("");
    // A second installation replaces the first.
    for (let round = 0; round < 2; round++) {
      const said = await stage.make();
      const kept = `Kept ${bin}/bridge as .bridge.before-cni\n`;
      assertEquals(said.includes(kept), round === 0);
      assertEquals(stage.list("/opt/cni/bin"), {
        ...await programFiles(),
        ...{ theirs: "700", ".bridge.before-cni": "700" },
        ...Object.fromEntries(appletNames().map((name) => [name, "755"])),
      });
      const { library, others } = parts(stage.list("/usr/local"));
      assertEquals(others, LINKS);
      assertEquals(library.deno !== undefined, await isPortable());
      for (const [name, mode] of Object.entries(library)) {
        if (name === ".installed-in") continue;
        const source = name === "deno"
          ? Deno.execPath()
          : `${PROJECT_ROOT}/build/lib/cni/${name}`;
        assertEquals(mode, modeOf(source), name);
      }
    }
    await stage.make("--uninstall");
    assertEquals(stage.list(""), theirs);
    await stage.make("--uninstall");
    assertEquals(stage.list(""), theirs);
  },
);

stageTest(
  "make install RESIDENT=1 gives the plugins the shim, the daemon a unit, and goes back",
  SHIM,
  async (stage) => {
    const said = await stage.make("--resident=1");
    assertStringIncludes(said, "in resident mode into");
    assertStringIncludes(said, "systemctl enable cni-daemon");
    assertStringIncludes(
      said,
      "Without systemd: cd / && /opt/cni/bin/cni daemon",
    );
    const file = (name: string) =>
      Deno.readFile(`${stage.dest}/opt/cni/bin/${name}`);
    const shim = await Deno.readFile(SHIM);
    for (const name of ["cni-shim", "bridge", "host-local"]) {
      assertEquals(await file(name), shim, name);
    }
    const unit = "lib/systemd/system/cni-daemon.service";
    assertEquals(parts(stage.list("/usr/local")).others, {
      ...LINKS,
      [unit]: "644",
    });
    const resident = await file("cni");
    // The other mode takes its place, with nothing of it left.
    await stage.make();
    assertEquals(isThere(`${stage.dest}/opt/cni/bin/cni-shim`), false);
    assertEquals((await file("bridge")).length === shim.length, false);
    assertEquals(parts(stage.list("/usr/local")).others, LINKS);
    if (await isPortable()) assertEquals(await file("cni"), resident);
    await stage.make("--resident=1");
    const last = await stage.make("--uninstall");
    assertStringIncludes(last, "systemctl disable --now cni-daemon");
    assertEquals(stage.list(""), {});
  },
);

/** What is in the library folder, of which there is one at most, and elsewhere. */
function parts(all: Record<string, string>) {
  const form = /^lib\/cni-toolkit\/[0-9a-f]{32}\//;
  const entries = Object.entries(all);
  return {
    library: Object.fromEntries(
      entries.filter(([path]) => form.test(path))
        .map(([path, what]) => [path.replace(form, ""), what]),
    ),
    others: Object.fromEntries(entries.filter(([path]) => !form.test(path))),
  };
}
