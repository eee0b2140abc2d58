/**
 * `make install` and `make uninstall`: has what the last build made install
 * itself, by `cni install`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { installApplet } from "../install/mod.ts";
import { registryFor } from "../plugins/mod.ts";
import { terminalProcess } from "../terminal/mod.ts";
import { VERSION } from "../version.ts";
import { type BuildSettings, readSettings } from "./build_settings.ts";
import { BUNDLE_ENTRY } from "./bundle.ts";
import { compile, findDenort } from "./compile.ts";
import { parseFolders, programPermissions } from "./permissions.ts";
import { PROGRAM } from "./program.ts";
import { PROJECT_ROOT } from "./project.ts";
import { SHIM } from "./shim.ts";

/** What `make` says. */
interface MakeOptions {
  /** The words for `cni install` that name the places. */
  readonly places: readonly string[];
  readonly binDir: string;
  readonly isResident: boolean;
}

async function install(options: MakeOptions): Promise<number> {
  const settings = await readSettings(PROJECT_ROOT);
  const { isResident, places } = options;
  const built = `${PROJECT_ROOT}/build/${isResident ? "resident" : "bin"}`;
  if (isResident && !await exists(`${built}/${SHIM}`)) {
    throw new Error(
      `Cannot install the resident mode: ${built}/${SHIM} is missing; ` +
        "install a C compiler (Debian: gcc, libc6-dev), then run make build",
    );
  }
  const folder = settings.form === "portable"
    ? built
    : await compileFor(options, settings, built);
  const resident = isResident ? ["--resident"] : [];
  const { code } = await new Deno.Command(`${folder}/${PROGRAM}`, {
    args: ["install", ...places, ...resident],
  }).spawn().status;
  return code;
}

/**
 * Compiles the program for its final place, which it may then look into.
 *
 * @returns The folder that holds it, and the shim if there is one.
 */
async function compileFor(
  { binDir, isResident }: MakeOptions,
  settings: BuildSettings,
  built: string,
): Promise<string> {
  const folder = `${PROJECT_ROOT}/build/install`;
  await Deno.mkdir(folder, { recursive: true });
  await compile({
    entry: `${PROJECT_ROOT}/build/lib/cni/${BUNDLE_ENTRY}`,
    output: `${folder}/${PROGRAM}`,
    permissions: programPermissions(settings, binDir),
    denort: await findDenort(),
  });
  if (isResident) await Deno.copyFile(`${built}/${SHIM}`, `${folder}/${SHIM}`);
  return folder;
}

function uninstall({ places }: MakeOptions): Promise<number> {
  return installApplet("uninstall", places, {
    process: terminalProcess,
    registry: registryFor("linux"),
    // Of this, only installing makes use.
    ...{ self: "", buildId: "", programVersion: VERSION },
  });
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
    string: ["prefix", "bindir", "destdir", "resident"],
    boolean: ["uninstall"],
  });
  try {
    const binDir = parseFolder("BINDIR", flags.bindir);
    const destDir = flags.destdir ? parseFolder("DESTDIR", flags.destdir) : "";
    const options = {
      places: [
        `--bin-dir=${binDir}`,
        `--prefix=${parseFolder("PREFIX", flags.prefix)}`,
        ...(destDir === "" ? [] : [`--dest-dir=${destDir}`]),
      ],
      binDir,
      isResident: !["", "0"].includes(flags.resident ?? ""),
    };
    Deno.exit(await (flags.uninstall ? uninstall : install)(options));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
