import { DAEMON_SOCKET } from "../terminal/mod.ts";
import { permissionFlags, type Permissions } from "./permissions.ts";
import { runDeno } from "./deno_command.ts";
import { V8_FLAGS } from "./v8_flags.ts";

/** The targets that are released. */
export type Target =
  | "x86_64-unknown-linux-gnu"
  | "aarch64-unknown-linux-gnu"
  | "x86_64-pc-windows-msvc";

/** What to compile. */
export interface CompileOptions {
  /** The bundle's entry. */
  readonly entry: string;
  /** The file to write. */
  readonly output: string;
  readonly permissions: Permissions;
  /** This machine's when absent. */
  readonly target?: Target;
  /** The runtime to use; when absent, Deno looks in its cache and downloads. */
  readonly denort?: string | undefined;
}

/** The runtime that compiled programs carry cannot be had here. */
export class DenortMissingError extends Error {
  override readonly name = "DenortMissingError";
}

/** Time for Deno to download its runtime (40 MB), in milliseconds. */
const DOWNLOAD_TIMEOUT_MS = 120_000;

/**
 * Compiles a bundle to one executable with exactly the permissions given.
 *
 * @throws {DenortMissingError} If there is no runtime and none can be had.
 */
export async function compile(
  { entry, output, permissions, target, denort }: CompileOptions,
): Promise<void> {
  const { success, stderr } = await runDeno([
    ...["compile", "--quiet", "--no-check", "--no-config", "--no-lock"],
    V8_FLAGS,
    ...permissionFlags(permissions),
    ...daemonFlags(target),
    ...(target === undefined ? [] : [`--target=${target}`]),
    `--output=${output}`,
    entry,
  ], {
    env: denort === undefined ? {} : { DENORT_BIN: denort },
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
  });
  if (success) return;
  if (denort === undefined && isWithoutDenort(stderr)) {
    throw new DenortMissingError(stderr);
  }
  throw new Error(`Cannot compile ${entry}\n${stderr}`);
}

/**
 * The daemon's socket, and no more of the network: the compiled form has one set
 * of permissions for all that it is. Windows has no daemon.
 */
function daemonFlags(target: Target | undefined): readonly string[] {
  const isWindows = target?.includes("windows") ?? Deno.build.os === "windows";
  return isWindows
    ? []
    : [`--allow-net=unix:${DAEMON_SOCKET},unix:${DAEMON_SOCKET}.new`];
}

/**
 * The runtime that this machine offers: `DENORT_BIN`, else a `denort` beside
 * Deno itself.
 */
export async function findDenort(): Promise<string | undefined> {
  const named = Deno.env.get("DENORT_BIN");
  if (named !== undefined && named !== "") return named;
  const beside = Deno.execPath().replace(/deno$/, "denort");
  const found = await Deno.stat(beside).catch(() => undefined);
  return found?.isFile ? beside : undefined;
}

// Ended for its time, the command has printed nothing.
function isWithoutDenort(stderr: string): boolean {
  return stderr.trim() === "" || stderr.includes("Setting up base binary");
}
