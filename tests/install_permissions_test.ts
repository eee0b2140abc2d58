import { assertEquals } from "@std/assert";
import { runDeno } from "../scripts/deno_command.ts";
import { permissionFlags, programPermissions } from "../scripts/permissions.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

/** What a compiled program runs for `cni install`. */
const SCRIPT = `
import { installApplet } from "${PROJECT_ROOT}/install/install_applet.ts";
import { terminalProcess } from "${PROJECT_ROOT}/terminal/mod.ts";
const [applet, self, ...args] = Deno.args;
const registry = new Map([["bridge", () => Promise.reject(new Error())]]);
const options = { registry, self, programVersion: "1.2.3", isCompiled: true };
Deno.exit(await installApplet(applet, args, { ...options, process: terminalProcess }));
`;

Deno.test({
  name: "cni install needs no more permissions than the program has",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const write = (name: string, text: string) =>
        Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
      await write("script.ts", SCRIPT);
      await write("self", "#!/bin/sh\necho 'cni 1.2.3'\n");
      await write("net.conf", `{"name":"n","type":"bridge"}`);
      await bundleScript(folder);
      const extra = { stateDirs: [], readDirs: [] };
      const flags = permissionFlags(programPermissions(extra, "/opt/cni/bin"));
      const run = async (applet: string) =>
        await runDeno([
          ...["run", "--quiet", "--no-config", "--no-lock", ...flags],
          ...["script.js", applet, `${folder}/self`, "--bin-dir=bin"],
          ...["--conf=net.conf", "--conf-dir=net.d"],
        ], { cwd: folder });
      assertEquals(await run("install"), {
        success: true,
        stdout: "Installed cni 1.2.3 and 2 links into bin\n",
        stderr: "",
      });
      assertEquals(await namesIn(`${folder}/bin`), [
        "bridge",
        "cni",
        "cnitool",
      ]);
      assertEquals(await namesIn(`${folder}/net.d`), ["net.conf"]);
      assertEquals((await run("uninstall")).success, true);
      assertEquals(await namesIn(`${folder}/bin`), []);
      assertEquals(await namesIn(`${folder}/net.d`), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

async function bundleScript(folder: string): Promise<void> {
  const { success, stderr } = await runDeno([
    ...["bundle", "--quiet", "--platform=deno"],
    ...[`--config=${PROJECT_ROOT}/deno.json`, `--output=${folder}/script.js`],
    `${folder}/script.ts`,
  ], { cwd: PROJECT_ROOT });
  assertEquals(success, true, stderr);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}
