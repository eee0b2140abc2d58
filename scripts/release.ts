/**
 * Makes a release: compiles the program for every target and packs it with its
 * links, into `release/`. The same sources, time and runtimes give the same
 * bytes.
 *
 * @module
 */
import { VERSION } from "../version.ts";
import { bundle, BUNDLE_ENTRY } from "./bundle.ts";
import { compile, DenortMissingError } from "./compile.ts";
import { type Permissions, programPermissions } from "./permissions.ts";
import { NOTICES } from "./notices.ts";
import { PROJECT_ROOT } from "./project.ts";
import { packTgz, packZip } from "./release/archive.ts";
import { hexDigest, writeChecksums } from "./release/checksums.ts";
import { compileReleaseShim } from "./release/release_shim.ts";
import { missingRuntimes, unpackRuntime } from "./release/runtimes.ts";
import { runProgram } from "./release/run_program.ts";
import {
  appletFiles,
  archiveName,
  programName,
  RELEASE_TARGETS,
  type ReleaseTarget,
} from "./release/targets.ts";
import { SHIM } from "./shim.ts";
import { windowsLinkScript } from "./release/windows_links.ts";

/** What a release is made with. */
export interface ReleaseOptions {
  /** The folder to write; archives of other releases there are removed. */
  readonly outDir: string;
  /** The time that all files get, in seconds since 1970. */
  readonly timeSeconds: number;
  /** Folder of runtimes as Deno publishes them. Default: Deno downloads them. */
  readonly denortDir?: string | undefined;
  /** Takes what a maintainer must know: an archive that has no shim, and why. */
  readonly warn: (text: string) => void;
}

/** What the packing of one target needs. */
interface Job extends ReleaseOptions {
  readonly releaseTarget: ReleaseTarget;
  /** The folder of the bundle. */
  readonly bundleDir: string;
  /** The build that the bundle is. */
  readonly buildId: string;
  /** A folder to work in. */
  readonly workDir: string;
}

/**
 * Makes a release of this checkout.
 *
 * @returns The file names of the archives.
 */
export async function release(
  options: ReleaseOptions,
): Promise<readonly string[]> {
  const workDir = await Deno.makeTempDir({ prefix: "cni-release-" });
  try {
    const bundleDir = `${workDir}/bundle`;
    const buildId = await bundle(PROJECT_ROOT, bundleDir);
    await setTimes(bundleDir, options.timeSeconds);
    const staged: string[] = [];
    for (const releaseTarget of RELEASE_TARGETS) {
      staged.push(
        await pack({ ...options, releaseTarget, bundleDir, buildId, workDir }),
      );
    }
    return await publish(staged, options.outDir);
  } finally {
    await Deno.remove(workDir, { recursive: true });
  }
}

/** Packs one target; returns the archive's path. */
async function pack(job: Job): Promise<string> {
  const { releaseTarget, timeSeconds, workDir } = job;
  const { os } = releaseTarget;
  const folder = `${workDir}/${releaseTarget.target}`;
  await Deno.mkdir(folder);
  const program = programName(os);
  // Under its final name, which Deno writes into it.
  const permissions = await compileProgram(job, `${folder}/${program}`);
  for (const name of ["LICENSE", "README.md"]) {
    await Deno.copyFile(`${PROJECT_ROOT}/${name}`, `${folder}/${name}`);
  }
  await Deno.copyFile(`${job.bundleDir}/${NOTICES}`, `${folder}/${NOTICES}`);
  if (os === "windows") {
    const script = windowsLinkScript(program, appletFiles(os));
    await Deno.writeTextFile(`${folder}/make-links.cmd`, script);
  } else {
    await addShim(job, `${folder}/${SHIM}`);
  }
  await writeManifest(folder, job, permissions);
  if (os === "linux") {
    for (const applet of appletFiles(os)) {
      await Deno.symlink(program, `${folder}/${applet}`);
    }
  }
  for await (const { name, isFile } of Deno.readDir(folder)) {
    const mode = [program, SHIM].includes(name) ? 0o755 : 0o644;
    if (isFile) await Deno.chmod(`${folder}/${name}`, mode);
  }
  const archive = `${workDir}/${archiveName(releaseTarget, VERSION)}`;
  const packFolder = os === "windows" ? packZip : packTgz;
  await packFolder({ folder, archive, timeSeconds });
  return archive;
}

async function compileProgram(
  { releaseTarget: { target, os }, bundleDir, workDir, denortDir }: Job,
  output: string,
): Promise<Permissions> {
  const denort = denortDir === undefined
    ? undefined
    : await unpackRuntime(target, denortDir, workDir);
  const permissions = programPermissions(
    { stateDirs: [], readDirs: [] },
    os === "windows" ? "C:\\opt\\cni\\bin" : "/opt/cni/bin",
  );
  const entry = `${bundleDir}/${BUNDLE_ENTRY}`;
  try {
    await compile({ entry, output, permissions, target, denort });
  } catch (error) {
    if (!(error instanceof DenortMissingError)) throw error;
    throw new Error(await missingRuntimes(undefined), { cause: error });
  }
  return permissions;
}

/** Puts the shim of the resident mode into an archive, if there is a compiler. */
async function addShim(
  { releaseTarget, buildId, warn }: Job,
  output: string,
): Promise<void> {
  const { arch } = releaseTarget;
  const reason = await compileReleaseShim(arch, { buildId, output });
  if (reason === undefined) return;
  const archive = archiveName(releaseTarget, VERSION);
  warn(`${archive} has no ${SHIM} (docs/resident.md): ${reason}`);
}

/** Says what is in an archive, for those who check or install it. */
async function writeManifest(
  folder: string,
  { releaseTarget: { os, arch, target }, buildId }: Job,
  permissions: Permissions,
): Promise<void> {
  const files: Record<string, string> = {};
  const entries = await Array.fromAsync(Deno.readDir(folder));
  for (const name of entries.map(({ name }) => name).sort()) {
    const bytes = await Deno.readFile(`${folder}/${name}`);
    files[name] = `sha256:${await hexDigest("SHA-256", bytes)}`;
  }
  const manifest = {
    ...{ name: "cni", version: VERSION, build: buildId, os, arch, target },
    ...{ deno: Deno.version.deno, program: programName(os) },
    ...{ links: appletFiles(os), files, permissions },
  };
  const text = JSON.stringify(manifest, null, 2) + "\n";
  await Deno.writeTextFile(`${folder}/manifest.json`, text);
}

/** Moves finished archives to where they are wanted, with their sums. */
async function publish(
  archives: readonly string[],
  outDir: string,
): Promise<readonly string[]> {
  await Deno.mkdir(outDir, { recursive: true });
  for await (const { name } of Deno.readDir(outDir)) {
    if (/^cni-.*\.(tgz|zip)$/.test(name)) {
      await Deno.remove(`${outDir}/${name}`);
    }
  }
  const names: string[] = [];
  for (const archive of archives) {
    const name = archive.slice(archive.lastIndexOf("/") + 1);
    await Deno.copyFile(archive, `${outDir}/${name}`);
    names.push(name);
  }
  await writeChecksums(outDir, names);
  return names;
}

/** Deno writes the times of a bundle's files into the program. */
async function setTimes(folder: string, timeSeconds: number): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.utime(`${folder}/${name}`, timeSeconds, timeSeconds);
  }
}

/** `SOURCE_DATE_EPOCH`, or else the time of the last commit. */
async function releaseTime(): Promise<number> {
  const text = Deno.env.get("SOURCE_DATE_EPOCH") || await commitTime();
  if (!/^\d{1,10}$/.test(text)) {
    throw new SyntaxError(
      `Cannot use SOURCE_DATE_EPOCH: "${text}" is no number of seconds since 1970`,
    );
  }
  return Number(text);
}

async function commitTime(): Promise<string> {
  const args = ["-C", PROJECT_ROOT, "log", "-1", "--format=%ct"];
  try {
    return new TextDecoder().decode(await runProgram("git", args)).trim();
  } catch (cause) {
    const message = "Cannot date the release: this is no git checkout; " +
      "set SOURCE_DATE_EPOCH to seconds since 1970";
    throw new Error(message, { cause });
  }
}

if (import.meta.main) {
  try {
    const names = await release({
      outDir: `${PROJECT_ROOT}/release`,
      timeSeconds: await releaseTime(),
      denortDir: Deno.env.get("DENORT_DIR") || undefined,
      warn: (text) => console.error(text),
    });
    for (const name of [...names, "SHA256SUMS", "SHA512SUMS"]) {
      console.log(`release/${name}`);
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
