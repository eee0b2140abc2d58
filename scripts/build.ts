/**
 * Builds the program into `build/`: the bundle, `build/bin/cni` in the
 * compiled form where that can be, else in the portable one, and a link for
 * each applet.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { appletNames } from "./applets.ts";
import { writeSettings } from "./build_settings.ts";
import { bundle, BUNDLE_ENTRY } from "./bundle.ts";
import { deferImports } from "./defer_imports.ts";
import { DenortMissingError, findDenort } from "./compile.ts";
import {
  type ExtraFolders,
  parseFolders,
  programPermissions,
} from "./permissions.ts";
import { PROJECT_ROOT } from "./project.ts";
import {
  type Form,
  linkApplets,
  PROGRAM,
  type ProgramParts,
  writeProgram,
} from "./program.ts";
import { compileShim, SHIM } from "./shim.ts";
import { warmCache } from "./warm.ts";

/** What a build is told. */
interface BuildOptions extends ExtraFolders {
  /** Compiled if possible, when absent. */
  readonly form: Form | undefined;
}

async function build(root: string, options: BuildOptions): Promise<Form> {
  const binDir = `${root}/build/bin`;
  const entry = `${root}/build/lib/cni/${BUNDLE_ENTRY}`;
  await Deno.mkdir(binDir, { recursive: true });
  await Deno.mkdir(`${root}/build/lib`, { recursive: true });
  const buildId = await bundle(root, `${root}/build/lib/cni`);
  const parts = {
    entry,
    permissions: programPermissions(options, binDir),
    deno: Deno.execPath(),
  };
  const form = await writeBestForm(`${binDir}/${PROGRAM}`, options.form, {
    ...parts,
    denort: await findDenort(),
  });
  if (form === "portable") {
    await deferImports(`${root}/build/lib/cni`);
    await warmCache(parts);
  }
  await linkApplets(binDir, appletNames());
  await buildResident(root, { ...parts, form, buildId, options });
  const { stateDirs, readDirs } = options;
  await writeSettings(root, { form, stateDirs, readDirs });
  return form;
}

/** What the folder of the resident mode is made of. */
interface ResidentParts extends Omit<ProgramParts, "denort" | "permissions"> {
  readonly buildId: string;
  readonly options: BuildOptions;
}

/** Makes `build/resident`: links that lead to the shim, and the program. */
async function buildResident(
  root: string,
  { form, entry, deno, buildId, options }: ResidentParts,
): Promise<void> {
  const binDir = `${root}/build/resident`;
  await Deno.mkdir(binDir, { recursive: true });
  const output = `${binDir}/${SHIM}`;
  if (!await compileShim(root, { buildId, output })) {
    console.error(
      "No C compiler here: build/resident is left out (docs/resident.md)",
    );
    return await Deno.remove(binDir, { recursive: true });
  }
  const permissions = programPermissions(options, binDir);
  const denort = await findDenort();
  const parts = { form, entry, deno, permissions, denort };
  await writeProgram(`${binDir}/${PROGRAM}`, parts);
  await linkApplets(binDir, ["cnitool"]);
  const plugins = appletNames().filter((name) => name !== "cnitool");
  await linkApplets(binDir, plugins, SHIM);
}

/** Writes the form that is asked for, or else the best that can be had. */
async function writeBestForm(
  file: string,
  asked: Form | undefined,
  parts: Omit<Parameters<typeof writeProgram>[1], "form">,
): Promise<Form> {
  try {
    const form = asked ?? "compiled";
    await writeProgram(file, { ...parts, form });
    return form;
  } catch (error) {
    if (!(error instanceof DenortMissingError) || asked !== undefined) {
      throw error;
    }
    console.error(
      "No runtime for compiled programs (denort) here: building the portable form (docs/building.md)",
    );
    await writeProgram(file, { ...parts, form: "portable" });
    return "portable";
  }
}

function parseForm(text: string): Form | undefined {
  if (text === "") return undefined;
  if (text === "compiled" || text === "portable") return text;
  throw new SyntaxError(
    `Cannot use FORM: "${text}" is neither "compiled" nor "portable"`,
  );
}

if (import.meta.main) {
  const flags = parseArgs(Deno.args, {
    string: ["state-dirs", "read-dirs", "form"],
  });
  try {
    const form = await build(PROJECT_ROOT, {
      stateDirs: parseFolders("STATE_DIRS", flags["state-dirs"] ?? ""),
      readDirs: parseFolders("READ_DIRS", flags["read-dirs"] ?? ""),
      form: parseForm(flags.form ?? ""),
    });
    console.log(`Built build/bin/${PROGRAM}, ${form}, and its links`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
