import config from "../deno.json" with { type: "json" };

/**
 * What the program may do. It may also start programs; everything that is not
 * here (net, ffi, sys, import) is denied.
 */
export interface Permissions {
  /** Files and folders, absolute. */
  readonly read: readonly string[];
  /** Files and folders, absolute. */
  readonly write: readonly string[];
  /** Names of environment variables. */
  readonly env: readonly string[];
}

/** Folders that a build adds to the permissions. */
export interface ExtraFolders {
  /** To read and write: places for data that a configuration may name. */
  readonly stateDirs: readonly string[];
  /** To read only: plugins and configurations elsewhere. */
  readonly readDirs: readonly string[];
}

/**
 * The permissions of `deno.json` and those that a build adds.
 *
 * @param extra Folders from `STATE_DIRS` and `READ_DIRS`.
 * @param binDir Where the program stands, so that it can recognise itself when
 * a plugin path leads to it.
 */
export function programPermissions(
  { stateDirs, readDirs }: ExtraFolders,
  binDir: string,
): Permissions {
  const { read, write, env } = config.permissions.default;
  return {
    read: [...new Set([...read, ...stateDirs, ...readDirs, binDir])],
    write: [...new Set([...write, ...stateDirs])],
    env,
  };
}

/**
 * The flags of `deno run` and `deno compile` that grant exactly `permissions`.
 * Deno's own `--permission-set` warns on stderr that it is experimental.
 */
export function permissionFlags(permissions: Permissions): readonly string[] {
  return [
    // Together these three leave no host to import from.
    "--no-remote",
    "--cached-only",
    "--deny-import",
    "--no-prompt",
    "--allow-run",
    `--allow-env=${permissions.env.join(",")}`,
    `--allow-read=${permissions.read.join(",")}`,
    `--allow-write=${permissions.write.join(",")}`,
  ];
}

/**
 * Parses a list of folders as `make build STATE_DIRS=/a:/b` takes it.
 *
 * @throws {SyntaxError} If one is not absolute, is the root, or has a
 * character that a list of permissions cannot hold.
 */
export function parseFolders(name: string, text: string): readonly string[] {
  const folders = text.split(":").filter((folder) => folder !== "");
  for (const folder of folders) {
    // A comma would part the folder in the list of permissions.
    if (!/^\/[^,\n]+$/.test(folder) || /^\/+$/.test(folder)) {
      throw new SyntaxError(
        `Cannot use ${name}: "${folder}" is no absolute path below / without commas`,
      );
    }
    if (folder.split("/").includes("..")) {
      throw new SyntaxError(`Cannot use ${name}: "${folder}" has a ".." in it`);
    }
  }
  return folders;
}
