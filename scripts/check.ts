/**
 * Runs every check that needs no test run: format, lint, types, docs, import
 * layers, shell scripts. All of them run, so that one go shows all that is to
 * be done.
 *
 * @module
 */
import { runDeno } from "./deno_command.ts";
import { ENTRIES, PROJECT_ROOT, projectFiles } from "./project.ts";

/** A check: its name, and what runs it; its text is what was found wrong. */
type Check = readonly [string, () => Promise<string>];

const CHECKS: readonly Check[] = [
  ["format", () => denoCheck("fmt", "--check")],
  ["lint", () => denoCheck("lint")],
  ["types", async () => denoCheck("check", ...await moduleFiles())],
  ["docs", async () => denoCheck("doc", "--lint", ...await docFiles())],
  ["library's docs", () => denoCheck("doc", "--lint", ...ENTRIES)],
  ["import layers", () => denoCheck("test", "-A", "tests/layers_test.ts")],
  ["shell scripts", shellcheck],
];

async function denoCheck(...args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await runDeno(args, {
    cwd: PROJECT_ROOT,
  });
  return success ? "" : stdout + stderr;
}

async function shellcheck(): Promise<string> {
  try {
    const { success, stdout } = await new Deno.Command("shellcheck", {
      args: await shellScripts(),
      cwd: PROJECT_ROOT,
    }).output();
    return success ? "" : new TextDecoder().decode(stdout);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("     shell scripts: left out, shellcheck is not installed");
    return "";
  }
}

async function moduleFiles(): Promise<string[]> {
  return await files((path) => path.endsWith(".ts"));
}

/** The folders' doors: what they export is documented. */
async function docFiles(): Promise<string[]> {
  return await files((path) =>
    /^(lib\/[^/]+|terminal|tool|install)\/mod\.ts$/.test(path)
  );
}

async function shellScripts(): Promise<string[]> {
  const scripts = [];
  for (
    const path of await files((path) => /^(scripts|\.ci)\/\w+$/.test(path))
  ) {
    const text = await Deno.readTextFile(`${PROJECT_ROOT}/${path}`);
    if (/^#!\/(usr\/)?bin\/(env )?(ba)?sh\b/.test(text)) scripts.push(path);
  }
  return scripts;
}

async function files(wanted: (path: string) => boolean): Promise<string[]> {
  return (await projectFiles()).filter(wanted);
}

if (import.meta.main) {
  let failed = false;
  for (const [name, run] of CHECKS) {
    const found = await run();
    console.log(found === "" ? `ok   ${name}` : `FAIL ${name}\n${found}`);
    failed ||= found !== "";
  }
  if (failed) Deno.exit(1);
}
