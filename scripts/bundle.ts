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
 */
export async function bundle(root: string, outDir: string): Promise<void> {
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
  const notices = formatNotices(await readPackages(root));
  await Deno.writeTextFile(`${fresh}/${NOTICES}`, notices);
  // Calls of the old one may still write to its cache: out of the way first.
  const old = `${outDir}.old`;
  await Deno.remove(old, { recursive: true }).catch(ignoreNotFound);
  await Deno.rename(outDir, old).catch(ignoreNotFound);
  await Deno.rename(fresh, outDir);
  await Deno.remove(old, { recursive: true }).catch(ignoreNotFound);
}

function ignoreNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
