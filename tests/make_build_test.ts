import { assertEquals, assertStringIncludes } from "@std/assert";
import { appletNames } from "../scripts/applets.ts";
import { readSettings } from "../scripts/build_settings.ts";
import { runDeno } from "../scripts/deno_command.ts";
import { PROJECT_ROOT } from "../scripts/project.ts";

const BUILD = `${PROJECT_ROOT}/build`;

/** Each file of a folder: a link's target, or whether it is executable. */
function list(folder: string): Readonly<Record<string, string>> {
  const files = [...Deno.readDirSync(folder)].map(({ name, isSymlink }) => {
    const path = `${folder}/${name}`;
    if (isSymlink) return [name, `-> ${Deno.readLinkSync(path)}`];
    return [name, (Deno.statSync(path).mode! & 0o111) === 0 ? "file" : "run"];
  });
  return Object.fromEntries(files);
}

/** Links to `target` for each applet, or for those that are named. */
function links(target: string, names = appletNames()) {
  return Object.fromEntries(names.map((name) => [name, `-> ${target}`]));
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

/** A test of what the last build left, which is skipped where there was none. */
function buildTest(name: string, path: string, fn: () => Promise<void>): void {
  const isBuilt = Deno.build.os === "linux" && isThere(path);
  const title = isBuilt ? name : `${name} [skipped: needs make build]`;
  Deno.test({ name: title, ignore: !isBuilt, fn });
}

buildTest(
  "make build leaves the program, its links, and nothing else",
  `${BUILD}/settings.json`,
  async () => {
    assertEquals(list(`${BUILD}/bin`), { ...links("cni"), cni: "run" });
    const { form } = await readSettings(PROJECT_ROOT);
    const parts = list(`${BUILD}/lib/cni`);
    assertEquals(parts["cli.js"], "file");
    assertEquals(parts["warm.js"], undefined);
    const program = await Deno.readFile(`${BUILD}/bin/cni`);
    const isScript = new TextDecoder().decode(program.slice(0, 2)) === "#!";
    assertEquals(isScript, form === "portable");
  },
);

buildTest(
  "make build leads plugins to the shim, where there is a C compiler",
  `${BUILD}/resident/cni-shim`,
  () => {
    const plugins = appletNames().filter((name) => name !== "cnitool");
    assertEquals(list(`${BUILD}/resident`), {
      ...{ cni: "run", "cni-shim": "run", cnitool: "-> cni" },
      ...links("cni-shim", plugins),
    });
    return Promise.resolve();
  },
);

Deno.test("make build refuses words before it changes anything", async (t) => {
  const cases: Record<string, readonly [string, string]> = {
    "a form that is none": [
      "--form=fast",
      'Cannot use FORM: "fast" is neither "compiled" nor "portable"\n',
    ],
    "a relative folder of state": ["--state-dirs=a", "Cannot use STATE_DIRS: "],
    "a relative folder to read": ["--read-dirs=/a:b", "Cannot use READ_DIRS: "],
  };
  for (const [why, [flag, message]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const script = `${PROJECT_ROOT}/scripts/build.ts`;
      const output = await runDeno(["run", "--quiet", "-A", script, flag]);
      assertEquals([output.success, output.stdout], [false, ""]);
      assertStringIncludes(output.stderr, message);
      assertEquals(output.stderr.split("\n").length, 2);
    });
  }
});
