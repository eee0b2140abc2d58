import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROJECT_ROOT } from "../scripts/project.ts";

/** The blocks of a page's section in a language, without their indentation. */
function blocksOf(section: string, language: string): readonly string[] {
  const pattern = new RegExp(
    `^( *)\`\`\`${language}\\n([^]*?)^\\1\`\`\``,
    "gm",
  );
  return [...section.matchAll(pattern)].map(([, indent = "", text = ""]) =>
    text.split("\n").map((line) => line.slice(indent.length)).join("\n")
  );
}

/** A copy of what is needed to follow the page, removed when disposed of. */
async function copyProject() {
  const folder = await Deno.makeTempDir();
  const run = async (script: string) => {
    const { success, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-euc", script],
      cwd: folder,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout) + decoder.decode(stderr);
    return { success, text };
  };
  const parts = "cli.ts deno.json deno.lock version.ts lib plugins tests " +
    "scripts types schema docs examples conformance README.md CHANGELOG.md " +
    "tool terminal install";
  const { success, text } = await run(
    `cd "${PROJECT_ROOT}" && tar cf - ${parts} | tar xf - -C "${folder}"`,
  );
  assertEquals(success, true, text);
  return {
    folder,
    run,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Where the page has a line added: before the first of the list. */
async function addToRegistry(folder: string, list: string, line: string) {
  const file = `${folder}/plugins/mod.ts`;
  const text = await Deno.readTextFile(file);
  const head = `const ${list}: readonly Entry[] = [\n`;
  assertStringIncludes(text, head);
  await Deno.writeTextFile(file, text.replace(head, `${head}${line}`));
}

const page = await Deno.readTextFile(
  `${PROJECT_ROOT}/docs/plugins/sample.md`,
);
const [, chained = "", main = ""] = page.split(/^## Your own plugin.*$/m);

Deno.test({
  name: "docs/plugins/sample.md, followed word by word, makes plugins",
  ignore: Deno.build.os === "windows",
  async fn(t) {
    await using project = await copyProject();
    const { folder, run } = project;
    const deno = `"${Deno.execPath()}"`;
    const must = async (script: string) => {
      const { success, text } = await run(script);
      assertEquals(success, true, text);
    };
    await t.step("a chained plugin", async () => {
      const [copy = "", build = "", ask = ""] = blocksOf(chained, "sh");
      await must(copy);
      const [line = ""] = blocksOf(chained, "ts ignore");
      await addToRegistry(folder, "EVERYWHERE", line);
      assertStringIncludes(build, "build/bin/greet");
      await must(`${deno} check cli.ts plugins/meta/greet/*.ts`);
      await must(
        `CNI_COMMAND=VERSION ${deno} run -A cli.ts cni greet | grep 1.1.0`,
      );
      await must(`${deno} test -A plugins/meta/greet`);
      const { success, text } = await run(
        ask.replace("scripts/deno", deno),
      );
      assertEquals(success, false);
      for (
        const file of [
          "add docs/plugins/greet.md: a page",
          "add examples/plugins/greet.conflist: a network that uses it",
          "add conformance/profiles/greet.json",
          "README.md lacks: a row",
          "CHANGELOG.md lacks: a line",
          "schema/cni.schema.json lacks: its keys",
        ]
      ) assertStringIncludes(text, file);
    });
    await t.step("a plugin that makes an interface", async () => {
      const [copy = ""] = blocksOf(main, "sh");
      await must(copy);
      const [line = ""] = blocksOf(main, "ts ignore");
      await addToRegistry(folder, "LINUX_ONLY", line);
      await must(`${deno} check cli.ts plugins/main/wire/*.ts`);
      await must(
        `CNI_COMMAND=VERSION ${deno} run -A cli.ts cni wire | grep 1.1.0`,
      );
      await must(`${deno} test -A plugins/main/wire`);
    });
  },
});
