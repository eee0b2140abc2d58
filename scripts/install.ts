/**
 * Installs what the last build made, or removes what an installation put
 * there. The program knows its final place, so it is written anew.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { appletNames } from "./applets.ts";
import { readSettings } from "./build_settings.ts";
import { BUNDLE_ENTRY } from "./bundle.ts";
import { findDenort } from "./compile.ts";
import { parseFolders, programPermissions } from "./permissions.ts";
import { linkApplets, PROGRAM, writeProgram } from "./program.ts";
import { PROJECT_ROOT } from "./project.ts";
import { warmCache } from "./warm.ts";

/** Where an installation goes; absolute. */
interface Places {
  /** Folder of the plugins. */
  readonly binDir: string;
  /** Folder of what the portable form consists of. */
  readonly libDir: string;
  /** Put before every path that is written, but not into what is written. */
  readonly destDir: string;
}

async function install({ binDir, libDir, destDir }: Places): Promise<void> {
  const { form, ...extra } = await readSettings(PROJECT_ROOT);
  const built = `${PROJECT_ROOT}/build/lib/cni`;
  await Deno.mkdir(`${destDir}${binDir}`, { recursive: true });
  if (form === "portable") await installBundle(built, `${destDir}${libDir}`);
  const parts = {
    entry: `${form === "portable" ? libDir : built}/${BUNDLE_ENTRY}`,
    permissions: programPermissions(extra, binDir),
    deno: `${libDir}/deno`,
  };
  const denort = await findDenort();
  const program = `${destDir}${binDir}/${PROGRAM}`;
  await writeProgram(program, { ...parts, form, denort });
  // Staged files are not in their places yet: there the first calls do it.
  if (form === "portable" && destDir === "") await warmCache(parts);
  await linkApplets(`${destDir}${binDir}`, appletNames());
}

async function uninstall({ binDir, libDir, destDir }: Places): Promise<void> {
  if (await exists(`${destDir}${binDir}/${PROGRAM}`)) {
    await linkApplets(`${destDir}${binDir}`, []);
    await Deno.remove(`${destDir}${binDir}/${PROGRAM}`);
  }
  const staged = `${destDir}${libDir}`;
  if (await exists(`${staged}/${BUNDLE_ENTRY}`)) {
    await Deno.remove(staged, { recursive: true });
  }
}

/** Puts the bundle and Deno into a folder of their own; it is replaced. */
async function installBundle(from: string, to: string): Promise<void> {
  const fresh = `${to}.new`;
  await Deno.mkdir(fresh, { recursive: true });
  await Deno.copyFile(Deno.execPath(), `${fresh}/deno`);
  for await (const { name, isFile } of Deno.readDir(from)) {
    // Not the cache of compiled code, which goes by the files' places.
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${fresh}/${name}`);
  }
  if (await exists(to)) await Deno.remove(to, { recursive: true });
  await Deno.rename(fresh, to);
}

async function exists(path: string): Promise<boolean> {
  return (await Deno.lstat(path).catch(() => undefined)) !== undefined;
}

/** A folder that a make variable names. */
function parseFolder(name: string, text: string | undefined): string {
  const [folder, ...others] = parseFolders(name, text ?? "");
  if (folder !== undefined && others.length === 0) {
    return folder.replace(/\/+$/, "");
  }
  throw new SyntaxError(`Cannot use ${name}: expected one absolute path`);
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["prefix", "bindir", "destdir"],
    boolean: ["uninstall"],
  });
  try {
    const places = {
      binDir: parseFolder("BINDIR", flags.bindir),
      // Not lib/cni: /usr/lib/cni holds Debian's reference plugins.
      libDir: `${parseFolder("PREFIX", flags.prefix)}/lib/cni-toolkit`,
      destDir: flags.destdir ? parseFolder("DESTDIR", flags.destdir) : "",
    };
    await (flags.uninstall ? uninstall(places) : install(places));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
