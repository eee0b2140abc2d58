import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../lib/spec/mod.ts";
import { readNamedFile } from "./read_named_file.ts";
import type { TerminalProcess } from "./terminal_process.ts";

let folder = "";

/** A process in the folder, with something on stdin. */
function processHere(): TerminalProcess {
  return {
    env: () => "",
    isTerminal: () => false,
    readStdin: () => Promise.resolve("from stdin"),
    writeStdout: () => {},
    writeStderr: () => {},
    cwd: () => folder,
    onInterrupt: () => () => {},
  };
}

/** What both ways of reading must do. */
async function readsAnywhere(): Promise<void> {
  const process = processHere();
  assertEquals(await readNamedFile("-", process), "from stdin");
  assertEquals(await readNamedFile(`${folder}/a.json`, process), "é\n");
  assertEquals(await readNamedFile("a.json", process), "é\n");
  // No option of cat's.
  assertEquals(await readNamedFile("-n", process), "dash\n");
  for (const path of ["none.json", `${folder}/none.json`]) {
    const error = await assertRejects(
      () => readNamedFile(path, process),
      CniError,
    );
    assertEquals(error.code, CniCode.IoFailure);
    assertEquals(
      error.message,
      `Cannot read ${path}: No such file or directory`,
    );
  }
}

/** Registers a test with the files that are read. */
function filesTest(
  name: string,
  permissions: "inherit" | Deno.PermissionOptionsObject,
): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    permissions,
    fn: readsAnywhere,
  });
}

Deno.test.beforeAll(() => {
  folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/a.json`, "é\n");
  Deno.writeTextFileSync(`${folder}/-n`, "dash\n");
});
Deno.test.afterAll(() => Deno.removeSync(folder, { recursive: true }));

filesTest("readNamedFile() reads what the program may read", "inherit");
filesTest("readNamedFile() has cat read what the program may not", {
  read: false,
  run: true,
  env: ["PATH"],
});
