import { runDeno } from "./deno_command.ts";
import { formatNotices, NOTICES, readPackages } from "./notices.ts";

/** The file of a bundle that is started. */
export const BUNDLE_ENTRY = "cli.js";

/**
 * Bundles the program into a folder: one file for what every call needs, one
 * for each part that is imported on first use, and the notices of the packages
 * in it. What was there before is gone.
 *
 * @param root The checkout.
 * @param outDir The folder; absolute.
 * @returns The build's id, which a daemon and its shims must share.
 */
export async function bundle(root: string, outDir: string): Promise<string> {
  const fresh = `${outDir}.new`;
  await Deno.remove(fresh, { recursive: true }).catch(ignoreNotFound);
  const { success, stderr } = await runDeno([
    "bundle",
    "--quiet",
    "--platform=deno",
    "--code-splitting",
    "--minify",
    `--outdir=${fresh}`,
    "cli.ts",
  ], { cwd: root });
  if (!success) throw new Error(`Cannot bundle cli.ts\n${stderr}`);
  const buildId = await stampBuild(fresh);
  const notices = formatNotices(await readPackages(root));
  await Deno.writeTextFile(`${fresh}/${NOTICES}`, notices);
  // Calls of the old one may still write to its cache: out of the way first.
  const old = `${outDir}.old`;
  await Deno.remove(old, { recursive: true }).catch(ignoreNotFound);
  await Deno.rename(outDir, old).catch(ignoreNotFound);
  await Deno.rename(fresh, outDir);
  await Deno.remove(old, { recursive: true }).catch(ignoreNotFound);
  return buildId;
}

/** What stands in the code until the build is known. */
const PLACEHOLDER = "@cni-build-id@";

/** Puts the build's id into the bundle: a hash of all of its files. */
async function stampBuild(folder: string): Promise<string> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort()
    .map((name) => `${folder}/${name}`);
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(file)));
  const bytes = new TextEncoder().encode(texts.join("\0"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const buildId = hash.toHex().slice(0, 32);
  for (const [index, file] of files.entries()) {
    const text = texts[index]!.replaceAll(PLACEHOLDER, buildId);
    if (text !== texts[index]) await Deno.writeTextFile(file, text);
  }
  return buildId;
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
