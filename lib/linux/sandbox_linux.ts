import { CniCode, CniError, describe } from "../spec/mod.ts";
import { parseShown } from "./apply_linux.ts";
import { isSafeWord, reasonOf } from "./batch.ts";
import { isScript, type Output, type Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";
import { quote } from "./quote.ts";

/** How {@linkcode readSandbox} is to judge the namespace. */
export interface SandboxOptions {
  /** Runs the command. */
  readonly run: Run;
  /** The value of `CNI_NETNS_OVERRIDE`. */
  readonly override: string;
}

/** The links of a sandbox, or why there is none. */
export type Sandbox =
  | { readonly links: readonly Link[] }
  | { readonly links?: undefined; readonly fault: string };

const UNSAFE = "it has white space, quotes or special characters";
const ABSENT = "there is no such file";

/**
 * Reads all links of the container's network namespace, which may be given by
 * any path: `/run/netns/x`, `/proc/<pid>/ns/net`, a bind mount. It is passed on
 * as an argument, so it may have any characters.
 *
 * @throws {CniError} Code 8 if the path is the plugin's own namespace and
 * `CNI_NETNS_OVERRIDE` does not allow that.
 */
export async function readSandbox(
  netns: string,
  { run, override }: SandboxOptions,
): Promise<Sandbox> {
  // A namespace under /proc cannot be opened by this program itself, whatever
  // its permissions, so others look at it. `-ef`: the same device and inode.
  const [isOwn, shown] = await Promise.all([
    isOverridden(override) ? false : isOwnNamespace(netns, run),
    run({ program: "ip", args: ["-j", "-d", "addr", "show"], netns }),
  ]);
  if (isOwn) throw ownNamespaceError(netns);
  if (shown.status !== 0) return { fault: await faultAt(netns, shown, run) };
  return { links: parseShown(shown.stdout).flatMap(parseLinks) };
}

/** Why the links at a path could not be read. */
async function faultAt(
  netns: string,
  shown: Output,
  run: Run,
): Promise<string> {
  const isThere = await run({ program: "test", args: ["-e", netns] });
  if (isThere.status === 0) return faultOf(shown);
  // Anything else than a plain "no" comes from a shell that has failed itself.
  const isAbsent = isThere.status === 1 && isThere.stderr.trim() === "";
  return isAbsent ? ABSENT : faultOf(isThere);
}

function faultOf({ status, stderr }: Output): string {
  return reasonOf(stderr) || `exit status ${status}`;
}

/**
 * As {@linkcode readSandbox}, for a command that has nothing to do where the
 * sandbox is gone.
 *
 * @returns The links; `undefined` if the file is gone, or what is left of it,
 * a plain file, is no namespace.
 * @throws {CniError} Code 8 also if that cannot be told: then what is in the
 * sandbox may still be there.
 */
export async function findSandbox(
  netns: string,
  options: SandboxOptions,
): Promise<readonly Link[] | undefined> {
  const { links, fault } = { fault: "", ...await readSandbox(netns, options) };
  if (links !== undefined) return links;
  // The second one is setns's for a file of another kind.
  if (fault === ABSENT || /Invalid argument$/.test(fault)) return undefined;
  const message = "Cannot read CNI_NETNS";
  throw netnsError(netns, message, `${fault}: try again`);
}

/**
 * As {@linkcode readSandbox}, for a command that needs the sandbox.
 *
 * @throws {CniError} Code 8 also if there is no network namespace at the path,
 * or if the path cannot be a word for `ip -batch`.
 */
export async function requireSandbox(
  netns: string,
  options: SandboxOptions,
): Promise<readonly Link[]> {
  const sandbox = isSafeWord(netns)
    ? await readSandbox(netns, options)
    : { fault: UNSAFE };
  if (sandbox.links !== undefined) return sandbox.links;
  const message = "Cannot use CNI_NETNS: it is no network namespace";
  const remedy = `${sandbox.fault}: pass a path such as /run/netns/NAME or ` +
    "/proc/PID/ns/net";
  throw netnsError(netns, message, remedy);
}

/**
 * Refuses the plugin's own network namespace, without starting a process.
 *
 * @throws {CniError} Code 8, unless `CNI_NETNS_OVERRIDE` allows it.
 */
export async function requireOtherNamespace(
  netns: string,
  { run, override }: SandboxOptions,
): Promise<void> {
  const isRefused = !isOverridden(override) &&
    await isOwnNamespace(netns, run);
  if (isRefused) throw ownNamespaceError(netns);
}

/**
 * Refuses what is no other network namespace than the plugin's own, without
 * starting a process in it.
 *
 * @throws {CniError} Code 8.
 */
export async function requireEntry(
  netns: string,
  { run, override }: SandboxOptions,
): Promise<void> {
  const enter = isSafeWord(netns)
    ? run({ program: "true", args: [], netns })
    : undefined;
  await requireOtherNamespace(netns, { run, override });
  if ((await enter)?.status === 0) return;
  // The longer way tells what is wrong.
  await requireSandbox(netns, { run, override });
}

/**
 * A `run` whose scripts do nothing, and fail, in the plugin's own namespace: to
 * refuse that without a question before.
 */
export function outsideSandbox(
  { netns, netnsOverride }: {
    readonly netns: string;
    readonly netnsOverride: string;
  },
  run: Run,
): Run {
  if (isOverridden(netnsOverride)) return run;
  const test = `[ ${quote(netns)} -ef /proc/self/ns/net ]`;
  const guard = `if ${test}; then exit 1; fi\n`;
  return (command) =>
    run(
      isScript(command)
        ? { ...command, stdin: guard + (command.stdin ?? "") }
        : command,
    );
}

/**
 * Tells whether a link is there in the container's network namespace, without
 * starting a process for it.
 *
 * @throws {CniError} Code 8 if there is no network namespace at the path.
 */
export async function isInSandbox(
  name: string,
  netns: string,
  { run, override }: SandboxOptions,
): Promise<boolean> {
  const isSafe = isSafeWord(netns) && isSafeWord(name);
  const stdin = `while IFS=': ' read -r name rest; do\n` +
    `if [ "$name" = '${name}' ]; then exit ${PRESENT}; fi\n` +
    "done </proc/self/net/dev\n";
  const search = isSafe
    ? await run({ program: "sh", args: ["-s"], stdin, netns })
    : undefined;
  if (search?.status === 0 || search?.status === PRESENT) {
    return search.status === PRESENT;
  }
  // The longer way tells what is wrong.
  const links = await requireSandbox(netns, { run, override });
  return links.some((link) => link.name === name);
}

/** The exit status that tells that the link was found. */
const PRESENT = 81;

async function isOwnNamespace(netns: string, run: Run): Promise<boolean> {
  // `-ef`: the same device and inode.
  const args = [netns, "-ef", "/proc/self/ns/net"];
  return (await run({ program: "test", args })).status === 0;
}

/** Whether `CNI_NETNS_OVERRIDE` allows the plugin's own namespace. */
export function isOverridden(override: string): boolean {
  return /^(1|true)$/i.test(override);
}

/**
 * A line for a script that runs in the container's namespace: it ends the
 * script with {@linkcode OWN_NAMESPACE} if that is this program's own. The
 * script must run in a shell that this program itself has started.
 *
 * @param override The value of `CNI_NETNS_OVERRIDE`.
 */
export function ownNamespaceTest(override: string): string {
  return isOverridden(override)
    ? ":"
    // The variable is the shell's parent: this program.
    : '[ ! /proc/self/ns/net -ef "/proc/$PPID/ns/net" ] || ' +
      `exit ${OWN_NAMESPACE}`;
}

/** The exit status of a script that {@linkcode ownNamespaceTest} has ended. */
export const OWN_NAMESPACE = 80;

/** The error, of code 8, for a container's namespace that is our own. */
export function ownNamespaceError(netns: string): CniError {
  const message =
    "plugin's netns and netns from CNI_NETNS should not be the same";
  const remedy = "pass the path of the container's own namespace";
  return netnsError(netns, message, remedy);
}

function netnsError(netns: string, message: string, rest: string): CniError {
  return new CniError(CniCode.InvalidNetns, message, {
    details: `CNI_NETNS is ${describe(netns)}: ${rest}`,
  });
}
