import { CURRENT_VERSION } from "../../lib/spec/mod.ts";
import type { Profile, Subject } from "../suite/mod.ts";
import { findFiles, FolderError } from "./find_files.ts";
import { lackOf, RequirementError } from "./requirements_linux.ts";
import { type OpenStage, openStage, type StageOptions } from "./stage_linux.ts";
import { versionsIn } from "./versions_in.ts";

/** Programs of this toolkit and of the reference's that are not plugins. */
const NO_PLUGINS = ["cni", "cnitool", "cni-launcher", "cni-shim"];

/** The folders that each stage has its own of. */
const HIDDEN = ["/var/lib/cni", "/run/cni", "/run/netns"];

/**
 * The executables in a folder, by name. `cni` and `cnitool` are left out,
 * and what starts `cni` by the name of a plugin.
 *
 * @param folder An absolute path, anywhere.
 * @throws {FolderError} If it cannot be read, has no executables, or is one
 * that stages do not see.
 */
export async function findExecutables(
  folder: string,
): Promise<readonly string[]> {
  const hidden = HIDDEN.find((one) => `${folder}/`.startsWith(`${one}/`));
  if (hidden !== undefined) {
    throw new FolderError(
      `Cannot use plugins in ${folder}: each case has a ${hidden} of its own; ` +
        "copy them elsewhere",
    );
  }
  const names = await findFiles(folder, ["-perm", "/111"]);
  const plugins = names.filter((name) => !NO_PLUGINS.includes(name));
  if (plugins.length > 0) return plugins;
  throw new FolderError(
    `Cannot find plugins in ${folder}: it has no executables` +
      (names.length > 0 ? ` but ${names.join(" and ")}` : ""),
  );
}

/** What {@linkcode discoverSubjects} works with. */
export interface DiscoverOptions
  extends Omit<StageOptions, "subject" | "version" | "id"> {
  /** The folder of plugins; absolute. */
  readonly folder: string;
  /** The plugins in it that are put to the test. */
  readonly names: readonly string[];
  /** What is known of plugins, by their names. */
  readonly profiles: ReadonlyMap<string, Profile>;
}

/**
 * Finds out what is to be known of plugins before the cases: the versions that
 * they accept and what they need. One that gives no answer to VERSION accepts
 * none, which the cases will tell.
 *
 * @throws {RequirementError} If no stage can be made here.
 */
export async function discoverSubjects(
  { folder, names, profiles, ...options }: DiscoverOptions,
): Promise<readonly Subject[]> {
  const nobody: Subject = { name: "", folder, versions: [] };
  await using open = await tryStage({
    ...options,
    subject: nobody,
    version: CURRENT_VERSION,
  });
  const { stage } = open;
  const subjects: Subject[] = [];
  for (const name of names) {
    const stdin = { cniVersion: CURRENT_VERSION };
    const call = { plugin: `${folder}/${name}`, stdin };
    const versions = versionsIn(await stage.call("VERSION", undefined, call));
    const profile = profiles.get(name);
    const lacks = profile && await lackOf(profile, stage.host);
    subjects.push({
      ...{ name, folder, versions },
      ...(profile === undefined ? {} : { profile }),
      ...(lacks === undefined ? {} : { lacks }),
    });
  }
  return subjects;
}

async function tryStage(options: StageOptions): Promise<OpenStage> {
  try {
    return await openStage(options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof RequirementError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RequirementError(
      `Cannot make network and mount namespaces: ${reason}. Run it where ` +
        `"unshare --net --mount true" works: on the host itself, or in a ` +
        "privileged container",
      { cause },
    );
  }
}
