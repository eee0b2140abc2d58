/**
 * Runs the conformance suite on our plugins (`build/bin`) and on the reference
 * plugins, and writes the tables in `docs/conformance.md`. Takes some minutes,
 * and root. `scripts/conformance_explained.json` says why plugins deviate; a
 * deviation that it does not explain ends it with status 1.
 *
 * ```sh
 * make build && sudo scripts/deno run --allow-all scripts/conformance_docs.ts
 * ```
 *
 * @module
 */
import {
  type Explanations,
  type RunJson,
  tablesOf,
} from "./conformance_tables.ts";
import { PROJECT_ROOT } from "./project.ts";

const PAGE = `${PROJECT_ROOT}/docs/conformance.md`;
const EXPLAINED = `${PROJECT_ROOT}/scripts/conformance_explained.json`;

/** What is put to the test, by what stands in the page's marks. */
const FOLDERS: Readonly<Record<string, string>> = {
  ours: `${PROJECT_ROOT}/build/bin`,
  reference: "/usr/lib/cni",
};

/** Replaces what stands between the marks of a name. */
export function putBetweenMarks(
  page: string,
  name: string,
  text: string,
): string {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`The page lacks ${begin}`);
  return `${page.slice(0, from + begin.length)}\n\n${text}\n${page.slice(to)}`;
}

async function runSuite(folder: string): Promise<RunJson> {
  const { stdout, stderr, code } = await new Deno.Command(
    `${PROJECT_ROOT}/build/bin/cni`,
    { args: ["conformance", "--plugin-dir", folder, "--format", "json"] },
  ).output();
  const text = new TextDecoder().decode(stdout);
  if (code <= 1) return JSON.parse(text);
  throw new Error(new TextDecoder().decode(stderr));
}

async function main(): Promise<number> {
  const explained: Readonly<Record<string, Explanations>> = JSON.parse(
    await Deno.readTextFile(EXPLAINED),
  );
  const complaints: string[] = [];
  let page = await Deno.readTextFile(PAGE);
  for (const [name, folder] of Object.entries(FOLDERS)) {
    const run = await runSuite(folder);
    const { text, unexplained, idle } = tablesOf(run, explained[name] ?? {});
    page = putBetweenMarks(page, name, text);
    complaints.push(
      ...unexplained.map((one) => `Not explained: ${name}: ${one}`),
      ...idle.map((one) => `Explained, but does not happen: ${name}: ${one}`),
    );
  }
  await Deno.writeTextFile(PAGE, page);
  const args = ["fmt", "--quiet", PAGE];
  await new Deno.Command(Deno.execPath(), { args }).output();
  for (const one of complaints) console.error(one);
  return complaints.length > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(await main());
