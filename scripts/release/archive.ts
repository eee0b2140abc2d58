import { runProgram } from "./run_program.ts";

/** What an archive is made of. */
export interface ArchiveParts {
  /** The folder whose files are packed, without the folder itself. */
  readonly folder: string;
  /** The file to write. */
  readonly archive: string;
  /** The time that all files get, in seconds since 1970. */
  readonly timeSeconds: number;
}

/**
 * Packs a folder of files and links into a `.tgz` that depends on nothing but
 * their names, contents and links, and on the time given. Needs GNU tar.
 */
export async function packTgz(
  { folder, archive, timeSeconds }: ArchiveParts,
): Promise<void> {
  const tar = `${archive}.tar`;
  await runProgram("tar", [
    // The oldest common form: it has no field for what varies.
    "--format=ustar",
    `--mtime=@${timeSeconds}`,
    ...["--owner=root:0", "--group=root:0", "--mode=u=rwX,go=rX"],
    `--directory=${folder}`,
    ...["--create", `--file=${tar}`, "--", ...await sortedNames(folder)],
  ], { env: { LC_ALL: "C", TAR_OPTIONS: "" } });
  // Without a name and time in the header.
  await runProgram("gzip", ["--no-name", "--best", "--suffix=.gz", tar]);
  await Deno.rename(`${tar}.gz`, archive);
}

/**
 * Packs a folder of files into a `.zip` that depends on nothing but their names
 * and contents, and on the time given.
 */
export async function packZip(
  { folder, archive, timeSeconds }: ArchiveParts,
): Promise<void> {
  const names = await sortedNames(folder);
  for (const name of names) {
    await Deno.utime(`${folder}/${name}`, timeSeconds, timeSeconds);
  }
  await Deno.remove(archive).catch(() => {});
  // Without the fields that tell the owner; times are local in a zip.
  await runProgram("zip", ["-X", "-9", "-q", archive, ...names], {
    cwd: folder,
    env: { TZ: "UTC", ZIPOPT: "" },
  });
}

async function sortedNames(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => name).sort();
}
