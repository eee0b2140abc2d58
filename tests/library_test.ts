import { assertEquals } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { runDeno } from "../scripts/deno_command.ts";
import { ENTRIES, PROJECT_ROOT } from "../scripts/project.ts";

async function deno(...args: readonly string[]): Promise<string> {
  const output = await runDeno(args, { cwd: PROJECT_ROOT });
  assertEquals(output.success, true, output.stderr);
  return output.stdout + output.stderr;
}

/** The files of the project that entries of the library lead to. */
async function importedFiles(): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const entry of ENTRIES) {
    const { modules } = JSON.parse(await deno("info", "--json", entry));
    for (const { specifier } of modules as { specifier: string }[]) {
      const { protocol, pathname } = new URL(specifier);
      if (protocol !== "file:") continue;
      found.add(decodeURIComponent(pathname).slice(PROJECT_ROOT.length + 1));
    }
  }
  return [...found];
}

/** The files that a release on JSR has. */
async function publishedFiles(): Promise<readonly string[]> {
  const text = await deno(
    "publish",
    "--dry-run",
    "--allow-dirty",
    "--no-check",
  );
  return [...text.matchAll(/^ +(file:\S+) \(/gm)].map(([, url]) =>
    decodeURIComponent(new URL(url!).pathname).slice(PROJECT_ROOT.length + 1)
  );
}

Deno.test("JSR gets the library, with its licence, and nothing else", async () => {
  assertEquals(
    (await publishedFiles()).toSorted(),
    [...await importedFiles(), "LICENSE", "README.md", "deno.json"].toSorted(),
  );
});

/** A name that an entry exports, and where it comes from. */
interface Exported {
  readonly name: string;
  readonly declarations: readonly {
    readonly location: { readonly filename: string; readonly line: number };
    readonly jsDoc?: { readonly doc?: string };
  }[];
}

async function exportsOf(entry: string): Promise<readonly Exported[]> {
  const { nodes } = JSON.parse(await deno("doc", "--json", entry));
  const [{ symbols }] = Object.values(nodes) as [{ symbols: Exported[] }];
  return symbols;
}

Deno.test("the library's entries export what is meant to be learnt", async (t) => {
  // Each name is one more to learn: a number changes for a reason.
  const counts: Record<string, number> = {
    ".": 19,
    "./plugin": 72,
    "./runtime": 62,
    "./spec": 46,
  };
  assertEquals(Object.keys(config.exports), Object.keys(counts));
  const places = new Map<string, string>();
  for (const [entry, file] of Object.entries(config.exports)) {
    await t.step(entry, async () => {
      const exported = await exportsOf(file);
      assertEquals(exported.length, counts[entry]);
      for (const { name, declarations } of exported) {
        const [{ location, jsDoc } = assertFails(name)] = declarations;
        assertEquals(Boolean(jsDoc?.doc), true, `${name} has no documentation`);
        const place = `${location.filename}:${location.line}`;
        assertEquals(place, places.get(name) ?? place, `${name} is two things`);
        places.set(name, place);
      }
      const text = await Deno.readTextFile(`${PROJECT_ROOT}/${file}`);
      assertEquals(text.includes("export *"), false, "names are chosen singly");
    });
  }
});

function assertFails(name: string): never {
  throw new Error(`${name} is declared nowhere`);
}
