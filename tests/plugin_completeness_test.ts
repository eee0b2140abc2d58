import { assert, assertEquals } from "@std/assert";
import type { Plugin } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { PROJECT_ROOT, projectFiles } from "../scripts/project.ts";

/** A plugin, and where its parts are to be. */
interface Subject {
  readonly name: string;
  readonly plugin: Plugin;
  /** Its folder, relative to the project. */
  readonly folder: string;
  readonly isLinuxOnly: boolean;
}

/** A place that each plugin has a part in. */
interface Place {
  /** The file; relative to the project. */
  readonly file: (subject: Subject) => string;
  /** What it must hold; anything when absent. */
  readonly holds?: (subject: Subject) => RegExp;
  /** What goes there, to follow "add FILE:" or "FILE lacks:". */
  readonly what: (subject: Subject) => string;
}

const escaped = (text: string) => text.replaceAll("-", "\\-");

/** The order is that in which a new plugin comes about. */
const PLACES: readonly Place[] = [
  {
    file: ({ folder }) => `${folder}/mod.ts`,
    what: ({ name }) => `the door, which exports the plugin "${name}"`,
  },
  {
    file: () => "plugins/linux_only.txt",
    holds: ({ folder, isLinuxOnly }) =>
      new RegExp(isLinuxOnly ? `^${escaped(folder)}$` : "", "m"),
    what: ({ folder }) => `the line ${folder}, in order`,
  },
  {
    file: () => "schema/cni.schema.json",
    holds: ({ name }) => new RegExp(`"const": "${name}"`),
    what: () => "its keys: run scripts/deno run -A scripts/schema.ts",
  },
  {
    file: ({ name }) => `docs/plugins/${name}.md`,
    holds: ({ name }) => new RegExp(`^# ${name}\n`),
    what: ({ name }) =>
      `a page: "# ${name}", what it does, an example in a json block, "## Keys"`,
  },
  {
    file: ({ name }) => `docs/plugins/${name}.md`,
    holds: ({ plugin: { settings } }) =>
      Object.keys(settings?.keys ?? {}).length === 0
        ? /^/
        : /```json[^]*<!-- keys -->[^]*<!-- \/keys -->/,
    what: () =>
      'the marks "<!-- keys -->" and "<!-- /keys -->" under "## Keys": ' +
      "scripts/deno run -A scripts/key_tables.ts writes the table between them",
  },
  {
    file: ({ name }) => `examples/plugins/${name}.conflist`,
    what: () => "a network that uses it, which validate finds right",
  },
  {
    file: () => "examples/README.md",
    holds: ({ name }) =>
      new RegExp(`\`${escaped(name)}\\.conflist\`.*docs/plugins/${name}\\.md`),
    what: ({ name }) => `a row for ${name}.conflist with a link to its page`,
  },
  {
    file: () => "README.md",
    holds: ({ name }) =>
      new RegExp(`\\[${name}\\]\\(docs/plugins/${name}\\.md\\)`),
    what: () => "a row in the list of plugins, with a link to its page",
  },
  {
    file: ({ name }) => `conformance/profiles/${name}.json`,
    what: () => "what the conformance suite may expect of it",
  },
  {
    file: () => "conformance/profiles/shipped.ts",
    holds: ({ name }) => new RegExp(`"\\./${escaped(name)}\\.json"`),
    what: () => "the import of its profile",
  },
  {
    file: () => "CHANGELOG.md",
    holds: ({ name }) => new RegExp(`\\b${escaped(name)}\\b`),
    what: () => "a line that says that it is there",
  },
];

async function subjects(): Promise<readonly Subject[]> {
  const windows = registryFor("windows");
  const files = await projectFiles();
  const found = [];
  for (const [name, load] of registryFor("linux")) {
    const plugin = await load();
    const role = plugin.settings?.role;
    const roleFolder = `plugins/${role}/${name}`;
    // The one to copy lies beside the roles.
    const folder = files.includes(`plugins/${name}/mod.ts`)
      ? `plugins/${name}`
      : roleFolder;
    found.push({ name, plugin, folder, isLinuxOnly: !windows.has(name) });
  }
  return found;
}

/** What is missing of a plugin, each as what to do about it. */
async function missingOf(subject: Subject): Promise<readonly string[]> {
  const files = await projectFiles();
  const missing = [];
  for (const { file: fileOf, holds, what } of PLACES) {
    const file = fileOf(subject);
    if (!files.includes(file)) {
      missing.push(`add ${file}: ${what(subject)}`);
    } else if (holds !== undefined) {
      const text = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
      // A checkout on Windows may end lines in CR LF.
      const isThere = holds(subject).test(text.replaceAll("\r\n", "\n"));
      if (!isThere) missing.push(`${file} lacks: ${what(subject)}`);
    }
  }
  const tests = files.filter((file) =>
    /_test\.ts$/.test(file) &&
    (file.startsWith(`${subject.folder}/`) ||
      file.startsWith(`tests/e2e/${subject.name.replaceAll("-", "_")}_`))
  );
  if (tests.length === 0) {
    missing.push(
      `add tests/e2e/${subject.name.replaceAll("-", "_")}_kernel_test.ts, or ` +
        `tests beside its code in ${subject.folder}`,
    );
  }
  return missing;
}

Deno.test("every plugin of the registry is complete", async (t) => {
  for (const subject of await subjects()) {
    await t.step(subject.name, async () => {
      const { name, plugin } = subject;
      assertEquals(plugin.name, name, "the registry has it under another name");
      assert(plugin.settings, `${name} has no settings: add them to its value`);
      assertEquals(
        await missingOf(subject),
        [],
        `${name} is not complete (docs/plugins/sample.md says what goes where)`,
      );
    });
  }
});

Deno.test("every folder of a plugin has its line in the registry", async () => {
  const known = (await subjects()).map(({ folder }) => folder);
  const pattern = /^(plugins\/(?:(?:main|ipam|meta)\/)?[^/]+)\/mod\.ts$/;
  const folders = (await projectFiles()).flatMap((file) =>
    pattern.exec(file)?.[1] ?? []
  ).filter((folder) => folder !== "plugins/shared");
  assertEquals(
    folders.filter((folder) => !known.includes(folder)),
    [],
    "add a line to plugins/mod.ts for these folders",
  );
});

Deno.test("linux_only.txt lists what Windows does not have, in order", async () => {
  const text = await Deno.readTextFile(
    `${PROJECT_ROOT}/plugins/linux_only.txt`,
  );
  const listed = text.split(/\r?\n/).filter((line) => line !== "");
  const wanted = (await subjects()).filter(({ isLinuxOnly }) => isLinuxOnly)
    .map(({ folder }) => folder).sort();
  assertEquals(listed, wanted);
});
