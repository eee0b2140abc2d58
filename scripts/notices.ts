import { runDeno } from "./deno_command.ts";

/** The file of a bundle, and of a release, with the notices. */
export const NOTICES = "THIRD_PARTY_NOTICES";

/** A package whose code is in the bundle. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Its licence and copyright, in full. */
  readonly notice: string;
}

/** What packages say that bring no file of their licence. */
const MIT =
  `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

/** Whose copyright it is, where only the heads of the source files say so. */
const HOLDERS: Readonly<Record<string, string>> = {
  "deno-std": "Copyright 2018-2026 the Deno authors",
};

/** The notices as one text, by name. */
export function formatNotices(packages: readonly Package[]): string {
  const head = "This program contains code of the following packages, besides" +
    " the runtime of Deno\n(https://deno.com, MIT licence).\n";
  const parts = packages
    .toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ name, version, notice }) =>
      `\n${"-".repeat(72)}\n${name} ${version}\n\n${notice.trim()}\n`
    );
  return head + parts.join("");
}

/** What `deno info` tells of a program. */
interface Info {
  readonly modules: readonly { readonly npmPackage?: string }[];
  /** Packages by name and version, those of tests too. */
  readonly npmPackages: Readonly<
    Record<string, {
      readonly name: string;
      readonly version: string;
      readonly dependencies: readonly string[];
    }>
  >;
}

/**
 * Reads the notices of the packages that the program uses, which Deno has in
 * its cache once the program was bundled. Those that only tests and the
 * benchmark use are not among them.
 *
 * @param root The checkout.
 * @throws {Error} If a package's licence is not known: no release without it.
 */
export async function readPackages(root: string): Promise<readonly Package[]> {
  const info = async <Value>(...words: readonly string[]): Promise<Value> => {
    const args = ["info", "--json", ...words];
    return JSON.parse((await runDeno(args, { cwd: root })).stdout);
  };
  const { npmCache } = await info<{ readonly npmCache: string }>();
  const { modules, npmPackages } = await info<Info>("cli.ts");
  const used = new Set(modules.flatMap(({ npmPackage = [] }) => npmPackage));
  // A set that grows is walked to its end.
  for (const key of used) {
    for (const one of npmPackages[key]?.dependencies ?? []) used.add(one);
  }
  return await Promise.all([...used].map(async (key) => {
    const { name = key, version = "" } = npmPackages[key] ?? {};
    const folder = await folderOf(npmCache, `${name}/${version}`);
    return { name, version, notice: await readNotice(folder, name) };
  }));
}

/** A package's folder, whichever registry it came from. */
async function folderOf(cache: string, path: string): Promise<string> {
  for await (const { name } of Deno.readDir(cache)) {
    const folder = `${cache}/${name}/${path}`;
    if (await isFolder(folder)) return folder;
  }
  throw new Error(`Cannot find ${path} in ${cache}: bundle the program first`);
}

async function readNotice(folder: string, name: string): Promise<string> {
  for await (const file of Deno.readDir(folder)) {
    if (/^(licen[cs]e|copying)(\.\w+)?$/i.test(file.name)) {
      return await Deno.readTextFile(`${folder}/${file.name}`);
    }
  }
  const text = await Deno.readTextFile(`${folder}/package.json`);
  const { license } = JSON.parse(text) as { readonly license?: string };
  const holder = HOLDERS[name];
  if (license === "MIT" && holder !== undefined) return `${holder}\n\n${MIT}`;
  throw new Error(
    `Cannot tell the licence of ${name} (${license}): add it to scripts/notices.ts`,
  );
}

async function isFolder(path: string): Promise<boolean> {
  const info = await Deno.stat(path).catch(() => undefined);
  return info?.isDirectory === true;
}
