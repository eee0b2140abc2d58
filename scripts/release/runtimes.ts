import type { Target } from "../compile.ts";
import { runProgram } from "./run_program.ts";
import { RELEASE_TARGETS } from "./targets.ts";

/** The file that Deno publishes its runtime for compiled programs in. */
export function runtimeArchive(target: Target): string {
  return `denort-${target}.zip`;
}

/**
 * Takes a target's runtime out of its archive.
 *
 * @param denortDir The folder of the archives.
 * @param folder The folder to put it into.
 * @returns Its path.
 * @throws {Error} If the archive is not there; it says what to fetch.
 */
export async function unpackRuntime(
  target: Target,
  denortDir: string,
  folder: string,
): Promise<string> {
  const archive = `${denortDir}/${runtimeArchive(target)}`;
  const found = await Deno.stat(archive).catch(() => undefined);
  if (!found?.isFile) throw new Error(await missingRuntimes(denortDir));
  const name = target.includes("windows") ? "denort.exe" : "denort";
  const file = `${folder}/${target}-${name}`;
  const bytes = await runProgram("unzip", ["-p", archive, name]);
  await Deno.writeFile(file, bytes, { mode: 0o755 });
  return file;
}

/**
 * Says which runtimes to fetch, and from where.
 *
 * @param denortDir The folder that was named, if one was.
 */
export async function missingRuntimes(
  denortDir: string | undefined,
): Promise<string> {
  const missing: string[] = [];
  for (const { target } of RELEASE_TARGETS) {
    const name = runtimeArchive(target);
    const found = denortDir === undefined
      ? undefined
      : await Deno.stat(`${denortDir}/${name}`).catch(() => undefined);
    if (!found?.isFile) missing.push(name);
  }
  const version = Deno.version.deno;
  const [where, how] = denortDir === undefined
    ? ["they cannot be downloaded here", "DENORT_DIR=FOLDER"]
    : [`not all are in ${denortDir}`, `DENORT_DIR=${denortDir}`];
  return `Cannot take Deno's runtimes: ${where}
Fetch these of Deno ${version}, as they are, into one folder:
${missing.map((name) => `  ${name}\n`).join("")}from
  https://github.com/denoland/deno/releases/tag/v${version}
  (or https://dl.deno.land/release/v${version}/NAME)
and run: make release ${how}`;
}
