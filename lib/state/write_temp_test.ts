import { assertEquals, assertThrows } from "@std/assert";
import { TEMP_PREFIX, writeTemp } from "./write_temp.ts";

/** A folder that is removed in the end. */
function withFolder(run: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    run(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** The files in a folder that this process has open. */
function openIn(folder: string): readonly string[] {
  return [...Deno.readDirSync("/proc/self/fd")].flatMap(({ name }) => {
    try {
      const path = Deno.readLinkSync(`/proc/self/fd/${name}`);
      return path.startsWith(`${folder}/`) ? [path] : [];
    } catch {
      return []; // The one that read the folder.
    }
  });
}

Deno.test("writeTemp() writes files of names of their own", () => {
  withFolder((folder) => {
    const texts = ["one", "two", "\u65e5".repeat(100_000)];
    const paths = texts.map((text) => writeTemp(folder, text, { mode: 0o600 }));
    assertEquals(new Set(paths).size, paths.length);
    for (const [index, path] of paths.entries()) {
      assertEquals(path.startsWith(`${folder}/${TEMP_PREFIX}`), true);
      assertEquals(Deno.readTextFileSync(path), texts[index]);
    }
  });
});

Deno.test({
  name: "writeTemp() leaves no file open",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder((folder) => {
      writeTemp(folder, "text", { mode: 0o600 });
      assertEquals(openIn(folder), []);
    }),
});

Deno.test({
  name: "writeTemp() leaves nothing behind when the disk is full",
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withFolder((folder) => {
      const write = Deno.FsFile.prototype.writeSync;
      // As the system does it: first a part, then no more.
      let room = 3;
      Deno.FsFile.prototype.writeSync = function (bytes) {
        if (room === 0) throw new Error("No space left on device");
        const part = bytes.subarray(0, room);
        room -= part.length;
        return write.call(this, part);
      };
      try {
        assertThrows(
          () => writeTemp(folder, "a text", { mode: 0o600 }),
          Error,
          "No space left",
        );
      } finally {
        Deno.FsFile.prototype.writeSync = write;
      }
      assertEquals([...Deno.readDirSync(folder)], []);
      assertEquals(openIn(folder), []);
    }),
});
