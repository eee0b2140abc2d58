import { PROJECT_ROOT } from "../scripts/project.ts";
import { compileShim } from "../scripts/shim.ts";

/** The id of the build that {@linkcode makeOtherBuild} makes. */
export const OTHER_BUILD = "f".repeat(32);

/**
 * Makes another build of what is in a folder: the same code under another id,
 * and a shim of that id if there is one. Compiled, the program is one file: then
 * there is no other build of it here.
 *
 * @param from `build/bin` or `build/resident`.
 * @param folder The folder to make.
 * @returns The folder that holds the program.
 */
export async function makeOtherBuild(
  from: string,
  folder: string,
): Promise<string> {
  const head = (await Deno.readFile(`${from}/cni`)).subarray(0, 4096);
  const [, library] =
    /^_cni_lib=(\S+)$/m.exec(new TextDecoder().decode(head)) ??
      [];
  if (library === undefined) return from;
  await Deno.mkdir(`${folder}/lib`, { recursive: true });
  for await (const { name, isFile } of Deno.readDir(library)) {
    if (!isFile) continue;
    const code = await Deno.readTextFile(`${library}/${name}`);
    const other = code.replaceAll(/"[0-9a-f]{32}"/g, `"${OTHER_BUILD}"`);
    await Deno.writeTextFile(`${folder}/lib/${name}`, other);
  }
  const launcher = await Deno.readTextFile(`${from}/cni`);
  await Deno.writeTextFile(
    `${folder}/cni`,
    launcher.replace(/^_cni_lib=.*$/m, `_cni_lib='${folder}/lib'`)
      .replace(/^_cni_bin=.*$/m, `_cni_bin='${folder}'`),
    { mode: 0o755 },
  );
  const shim = await Deno.stat(`${from}/cni-shim`).catch(() => undefined);
  if (shim !== undefined) {
    const output = `${folder}/cni-shim`;
    await compileShim(PROJECT_ROOT, { buildId: OTHER_BUILD, output });
  }
  return folder;
}
