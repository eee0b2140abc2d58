import { assertEquals, assertRejects } from "@std/assert";
import { linkApplets, type ProgramParts, writeProgram } from "./program.ts";

/** A folder that is removed in the end. */
async function withFolder(run: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const PARTS: ProgramParts = {
  form: "portable",
  entry: "/lib/cli.js",
  permissions: { read: [], write: [], env: [] },
  deno: "/lib/deno",
  denort: undefined,
};

/** All in a folder: a link's target, or a file's mode. */
function list(folder: string): Record<string, string> {
  const entries = [...Deno.readDirSync(folder)].map(({ name, isSymlink }) => {
    const path = `${folder}/${name}`;
    const what = isSymlink
      ? `-> ${Deno.readLinkSync(path)}`
      : (Deno.statSync(path).mode! & 0o7777).toString(8);
    return [name, what] as const;
  });
  return Object.fromEntries(entries.sort());
}

Deno.test({
  name: "writeProgram() makes a program that any user may run",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      for (const mask of [0o077, 0o000]) {
        const before = Deno.umask(mask);
        await writeProgram(`${folder}/cni`, PARTS)
          .finally(() => Deno.umask(before));
        assertEquals(list(folder), { cni: "755" });
      }
    }),
});

Deno.test({
  name: "writeProgram() leaves a running program alone",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      const file = `${folder}/cni`;
      await Deno.writeTextFile(file, "running");
      using running = await Deno.open(file);
      await writeProgram(file, PARTS);
      assertEquals(await new Response(running.readable).text(), "running");
      const [line] = (await Deno.readTextFile(file)).split("\n");
      assertEquals(line, "#!/bin/sh");
    }),
});

Deno.test({
  name: "linkApplets() replaces its own links and leaves all else",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withFolder(async (folder) => {
      await Deno.writeTextFile(`${folder}/theirs`, "", { mode: 0o644 });
      await Deno.symlink("multi", `${folder}/other`);
      await linkApplets(folder, ["bridge", "old"]);
      await linkApplets(folder, ["bridge", "tap"]);
      const foreign = { other: "-> multi", theirs: "644" };
      assertEquals(list(folder), {
        bridge: "-> cni",
        tap: "-> cni",
        ...foreign,
      });
      await linkApplets(folder, []);
      assertEquals(list(folder), foreign);
    }),
});

Deno.test("writeProgram() compiles with the runtime that it is given", () =>
  withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/cli.js`, "");
    const parts: ProgramParts = {
      form: "compiled",
      entry: `${folder}/cli.js`,
      permissions: { read: ["/r"], write: ["/w"], env: ["E"] },
      deno: Deno.execPath(),
      denort: `${folder}/none`,
    };
    const write = () => writeProgram(`${folder}/cni`, parts);
    await assertRejects(write, Error, `${folder}/none`);
    await assertRejects(() => Deno.lstat(`${folder}/cni`));
  }));
