import { assertEquals, assertThrows } from "@std/assert";
import { readRegularFile } from "./read_regular_file.ts";

Deno.test({
  name: "readRegularFile() reads what ends, and refuses all else at once",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    const folder = await Deno.makeTempDir();
    const file = `${folder}/file`;
    try {
      await t.step("files of any small size, through links", async () => {
        await Deno.symlink(file, `${folder}/link`);
        for (const size of [0, 1, 70_000]) {
          const bytes = new Uint8Array(size).fill(7);
          await Deno.writeFile(file, bytes);
          assertEquals(readRegularFile(file), bytes);
          assertEquals(readRegularFile(`${folder}/link`), bytes);
        }
      });
      await t.step("a file of /proc, which has no size", () => {
        const text = new TextDecoder().decode(readRegularFile("/proc/version"));
        assertEquals(text, Deno.readTextFileSync("/proc/version"));
      });
      await new Deno.Command("mkfifo", { args: [`${folder}/fifo`] }).output();
      await Deno.symlink("/dev/zero", `${folder}/endless`);
      await Deno.writeFile(`${folder}/large`, new Uint8Array(0));
      await Deno.truncate(`${folder}/large`, 600_000_000);
      const refused = {
        fifo: "It is a FIFO, not a file",
        endless: "It is a device, not a file",
        large: "It is larger than 16 MiB",
        ".": "It is a folder, not a file",
      };
      for (const [name, reason] of Object.entries(refused)) {
        await t.step(name, () => {
          const act = () => readRegularFile(`${folder}/${name}`);
          assertThrows(act, Error, reason);
        });
      }
      await t.step("what is not there", () => {
        const act = () => readRegularFile(`${folder}/none`);
        assertThrows(act, Deno.errors.NotFound);
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
