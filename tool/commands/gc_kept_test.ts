import { assertEquals } from "@std/assert";
import { testWith } from "../_testing.ts";

testWith("gc keeps what it cannot tell to be gone", async (test, t) => {
  const results = `${test.cacheDir}/results`;
  const kept = async () => {
    const { stdout } = await test.run("gc single --json");
    return JSON.parse(stdout).networks[0].kept.length;
  };
  for (
    const [why, netns, expected] of [
      ["a namespace that is there", `${test.folder}/bin/first`, 1],
      ["an entry without a namespace", undefined, 1],
      ["a namespace that is gone", "/gone", 0],
    ] as const
  ) {
    await t.step(why, async () => {
      await test.run("add single /any");
      const [entry] = [...Deno.readDirSync(results)];
      const file = `${results}/${entry!.name}`;
      const cached = JSON.parse(Deno.readTextFileSync(file));
      const text = JSON.stringify({ ...cached, netns });
      Deno.writeTextFileSync(file, text);
      assertEquals(await kept(), expected);
      const left = [...Deno.readDirSync(results)];
      assertEquals(left.length, expected);
      for (const { name } of left) Deno.removeSync(`${results}/${name}`);
    });
  }
});
