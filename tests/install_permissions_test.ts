import { assertEquals, assertStringIncludes } from "@std/assert";
import { versionReply } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { runDeno } from "../scripts/deno_command.ts";
import { permissionFlags, programPermissions } from "../scripts/permissions.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

/** What a compiled program runs for `cni install`. */
const SCRIPT = `
import { installApplet } from "${PROJECT_ROOT}/install/install_applet.ts";
import { registryFor } from "${PROJECT_ROOT}/plugins/mod.ts";
import { terminalProcess } from "${PROJECT_ROOT}/terminal/mod.ts";
const [applet, self, ...args] = Deno.args;
const registry = new Map([["bridge", registryFor("linux").get("bridge")!]]);
const options = {
  ...{ registry, self, programVersion: "1.2.3", buildId: "b1" },
  isCompiled: true,
};
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
      await write("self", await fakeProgram());
      await write("net.conf", `{"name":"n","type":"bridge"}`);
      await bundleScript(folder);
      const extra = { stateDirs: [], readDirs: [] };
      const flags = permissionFlags(programPermissions(extra, "/opt/cni/bin"));
      const run = async (applet: string) =>
        await runDeno([
          ...["run", "--quiet", "--no-config", "--no-lock", ...flags],
          ...["script.js", applet, `${folder}/self`, "--bin-dir=bin"],
          ...["--conf=net.conf", "--conf-dir=net.d", "--prefix=usr"],
        ], { cwd: folder });
      const { success, stdout, stderr } = await run("install");
      assertEquals([success, stderr], [true, ""]);
      const end = `Installed cni 1.2.3 and 2 names into ${folder}/bin\n`;
      assertStringIncludes(stdout, end);
      assertEquals(await namesIn(`${folder}/bin`), [
        ...[".cni-installed", "bridge", "cni", "cni-launcher", "cnitool"],
      ]);
      assertEquals(await namesIn(`${folder}/usr/bin`), ["cni", "cnitool"]);
      assertEquals(await namesIn(`${folder}/net.d`), ["net.conf"]);
      assertEquals((await run("uninstall")).success, true);
      assertEquals(await namesIn(`${folder}/bin`), []);
      assertEquals(await namesIn(`${folder}/net.d`), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** A program that says what an installation asks of it. */
async function fakeProgram(): Promise<string> {
  const bridge = await registryFor("linux").get("bridge")!();
  const reply = versionReply(bridge).stdout.trim();
  return `#!/bin/sh\n[ "$1" = bridge ] && echo '${reply}' || echo 'cni 1.2.3'\n`;
}

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
