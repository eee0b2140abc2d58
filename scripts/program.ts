import { versionReplies } from "./applets.ts";
import { compile } from "./compile.ts";
import { launcherScript } from "./launcher.ts";
import type { Permissions } from "./permissions.ts";

/** One executable, or a bundle and a launcher. */
export type Form = "compiled" | "portable";

/** What the program is made of. */
export interface ProgramParts {
  readonly form: Form;
  /** The bundle's entry; absolute. */
  readonly entry: string;
  readonly permissions: Permissions;
  /** Deno's executable, which the portable form runs. */
  readonly deno: string;
  /** The runtime that the compiled form carries. */
  readonly denort: string | undefined;
}

/** Writes the program to `file`, in one step for those who run it meanwhile. */
export async function writeProgram(
  file: string,
  { form, entry, permissions, deno, denort }: ProgramParts,
): Promise<void> {
  const fresh = `${file}.new`;
  if (form === "compiled") {
    await compile({ entry, output: fresh, permissions, denort });
  } else {
    const script = launcherScript({
      ...{ deno, entry, permissions },
      binDir: file.slice(0, file.lastIndexOf("/")),
      versionReplies: await versionReplies(),
    });
    await Deno.writeTextFile(fresh, script);
  }
  await Deno.chmod(fresh, 0o755);
  await Deno.rename(fresh, file);
}

/**
 * Puts a symbolic link for each applet beside the program, and removes links
 * to it that are none of them.
 */
export async function linkApplets(
  binDir: string,
  applets: readonly string[],
  target = PROGRAM,
): Promise<void> {
  for await (const { name } of Deno.readDir(binDir)) {
    const found = await Deno.readLink(`${binDir}/${name}`).catch(() => "");
    if (found === target) await Deno.remove(`${binDir}/${name}`);
  }
  for (const applet of applets) {
    const fresh = `${binDir}/.${applet}.new`;
    await Deno.symlink(target, fresh);
    await Deno.rename(fresh, `${binDir}/${applet}`);
  }
}

/** The program's file name. */
export const PROGRAM = "cni";
