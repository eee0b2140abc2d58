/** What tests there are, and what they may need. */
export interface TestFiles {
  /** All files of the project, relative to its root. */
  readonly files: readonly string[];
  /** The text of `plugins/linux_only.txt`. */
  readonly linuxOnly: string;
}

/**
 * The files and folders whose tests a system leaves out: on Windows the plugins
 * that `linux_only.txt` names, and what needs a Linux kernel by its name.
 */
export function leftOut(
  os: typeof Deno.build.os,
  { files, linuxOnly }: TestFiles,
): readonly string[] {
  if (os !== "windows") return [];
  // A checkout on Windows may end lines in CR LF.
  const folders = linuxOnly.split(/\r?\n/).filter((line) => line !== "");
  const inFolder = (file: string) =>
    folders.some((folder) => file.startsWith(`${folder}/`));
  const kernel = files.filter((file) => NEEDS_LINUX.test(file));
  return [...folders, ...kernel.filter((file) => !inFolder(file))];
}

const NEEDS_LINUX = /_(linux|kernel)(_test)?\.ts$/;
