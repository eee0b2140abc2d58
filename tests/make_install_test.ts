import { assertEquals } from "@std/assert";
import { appletNames } from "../scripts/applets.ts";
import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

function whyNot(): string | undefined {
  if (Deno.build.os === "windows") return "Windows has no make install";
  try {
    Deno.statSync(`${PROJECT_ROOT}/build/settings.json`);
    return undefined;
  } catch {
    return "needs make build";
  }
}

/** Every file below a folder: a link's target, or the permission bits. */
function listAll(folder: string, prefix = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of Deno.readDirSync(`${folder}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    const full = `${folder}/${path}`;
    if (entry.isDirectory) Object.assign(found, listAll(folder, `${path}/`));
    else if (entry.isSymlink) found[path] = `-> ${Deno.readLinkSync(full)}`;
    else found[path] = modeOf(full);
  }
  return found;
}

function modeOf(path: string): string {
  return (Deno.statSync(path).mode! & 0o7777).toString(8);
}

const reason = whyNot();
const name = "make install puts the program in place, and takes it away again";
Deno.test({
  name: reason === undefined ? name : `${name} [skipped: ${reason}]`,
  ignore: reason !== undefined,
  async fn() {
    const destDir = await Deno.makeTempDir();
    const script = `${PROJECT_ROOT}/scripts/install.ts`;
    const install = (...more: readonly string[]) =>
      runDeno([
        ...["run", "--quiet", "--allow-all", script, "--prefix=/usr/local"],
        ...["--bindir=/opt/cni/bin", `--destdir=${destDir}`, ...more],
      ]);
    const settings = await Deno.readTextFile(
      `${PROJECT_ROOT}/build/settings.json`,
    );
    const isPortable = JSON.parse(settings).form === "portable";
    const theirs = { "opt/cni/bin/theirs": "644" };
    try {
      await Deno.mkdir(`${destDir}/opt/cni/bin`, { recursive: true });
      const file = `${destDir}/opt/cni/bin/theirs`;
      await Deno.writeTextFile(file, "", { mode: 0o644 });
      // A second installation replaces the first.
      for (let round = 0; round < 2; round++) {
        const { success, stderr } = await install();
        assertEquals([success, stderr], [true, ""]);
        const { bin, lib } = parts(listAll(destDir));
        assertEquals(bin, {
          ...theirs,
          "opt/cni/bin/cni": "755",
          ...Object.fromEntries(
            appletNames().map((one) => [`opt/cni/bin/${one}`, "-> cni"]),
          ),
        });
        assertEquals(
          lib["usr/local/lib/cni-toolkit/deno"] !== undefined,
          isPortable,
        );
        for (const [path, mode] of Object.entries(lib)) {
          const file = path.slice(path.lastIndexOf("/") + 1);
          const source = file === "deno"
            ? Deno.execPath()
            : `${PROJECT_ROOT}/build/lib/cni/${file}`;
          assertEquals(mode, modeOf(source), path);
        }
      }
      assertEquals((await install("--uninstall")).success, true);
      assertEquals(listAll(destDir), theirs);
      assertEquals((await install("--uninstall")).success, true);
    } finally {
      await Deno.remove(destDir, { recursive: true });
    }
  },
});

/** What is among the plugins, and what is elsewhere. */
function parts(all: Record<string, string>) {
  const isBin = ([path]: [string, string]) => path.startsWith("opt/cni/bin/");
  const entries = Object.entries(all);
  return {
    bin: Object.fromEntries(entries.filter(isBin)),
    lib: Object.fromEntries(entries.filter((entry) => !isBin(entry))),
  };
}
