import { assertEquals } from "@std/assert";
import { type Command, runCommand, useRunner } from "../lib/linux/mod.ts";
import { isThere, pathsThere } from "./netns.ts";

/** Runs `act`; returns how many programs it has started. */
async function countPrograms(act: () => Promise<void>): Promise<number> {
  let count = 0;
  useRunner(async (command: Command) => {
    count++;
    useRunner();
    return await runCommand(command);
  });
  try {
    await act();
  } finally {
    useRunner();
  }
  return count;
}

Deno.test({
  name: "pathsThere() looks at thousands of paths by one program",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folder = await Deno.makeTempDir();
    try {
      const odd = ["a b", "$(exit 1)", "-n", "'", "two\nlines", "ü"];
      const there = odd.map((name) => `${folder}/${name}`);
      for (const path of there) await Deno.writeTextFile(path, "");
      await Deno.symlink("nowhere", `${folder}/link`);
      const gone = Array.from({ length: 3000 }, (_, i) => `${folder}/gone${i}`);
      const count = await countPrograms(async () => {
        const found = await pathsThere([
          ...gone,
          ...there,
          "",
          `${folder}/link`,
          `${folder}/a b\0`,
          "/proc/self/ns/net",
          `/${"long".repeat(40_000)}`,
          ...there,
        ]);
        assertEquals([...found], [...there, "/proc/self/ns/net"]);
      });
      assertEquals(count, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "pathsThere() looks at more than a command line can hold",
  ignore: Deno.build.os === "windows",
  async fn() {
    const many = Array.from(
      { length: 900 },
      (_, i) => `/proc/${"x".repeat(3000)}${i}`,
    );
    assertEquals([...await pathsThere([...many, "/proc"])], ["/proc"]);
    assertEquals(await countPrograms(() => pathsThere([]).then(() => {})), 0);
    assertEquals(await isThere("/proc/self"), true);
    assertEquals(await isThere(""), false);
  },
});
