import { CniCode, CniError, describe } from "../spec/mod.ts";
import { parseShown } from "./apply_linux.ts";
import { reasonOf } from "./batch.ts";
import type { Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";

/** How {@linkcode readSandbox} is to judge the namespace. */
export interface SandboxOptions {
  /** Runs the command. */
  readonly run: Run;
  /** The value of `CNI_NETNS_OVERRIDE`. */
  readonly override: string;
}

/** Exit statuses of the script below, out of the way of sh, nsenter and ip. */
const MISSING = 81;
const OWN = 82;

// A namespace under /proc cannot be opened by this program itself, whatever
// its permissions, so a shell looks at it. `-ef`: the same device and inode.
const SCRIPT = `[ -e "$1" ] || exit ${MISSING}
[ "$2" = 1 ] || ! [ "$1" -ef /proc/self/ns/net ] || exit ${OWN}
exec nsenter --net="$1" -- ip -j -d addr show`;

/** The links of a sandbox, or why there is none. */
export type Sandbox =
  | { readonly links: readonly Link[] }
  | { readonly links?: undefined; readonly fault: string };

/**
 * Reads all links of the container's network namespace, which may be given by
 * any path: `/run/netns/x`, `/proc/<pid>/ns/net`, a bind mount.
 *
 * @throws {CniError} Code 8 if the path is the plugin's own namespace and
 * `CNI_NETNS_OVERRIDE` does not allow that.
 */
export async function readSandbox(
  netns: string,
  { run, override }: SandboxOptions,
): Promise<Sandbox> {
  const mayBeOwn = /^(1|true)$/i.test(override);
  const { status, stdout, stderr } = await run({
    program: "sh",
    args: ["-c", SCRIPT, "sh", netns, mayBeOwn ? "1" : "0"],
  });
  switch (status) {
    case 0:
      return { links: parseShown(stdout).flatMap(parseLinks) };
    case MISSING:
      return { fault: "there is no such file" };
    case OWN: {
      const message =
        "plugin's netns and netns from CNI_NETNS should not be the same";
      const remedy = "pass the path of the container's own namespace";
      throw netnsError(netns, message, remedy);
    }
    default:
      return { fault: reasonOf(stderr) || `exit status ${status}` };
  }
}

/**
 * As {@linkcode readSandbox}, for a command that needs the sandbox.
 *
 * @throws {CniError} Code 8 also if there is no network namespace at the path.
 */
export async function requireSandbox(
  netns: string,
  options: SandboxOptions,
): Promise<readonly Link[]> {
  const sandbox = await readSandbox(netns, options);
  if (sandbox.links !== undefined) return sandbox.links;
  const message = "Cannot use CNI_NETNS: it is no network namespace";
  const remedy = `${sandbox.fault}: pass a path such as /run/netns/NAME or ` +
    "/proc/PID/ns/net";
  throw netnsError(netns, message, remedy);
}

function netnsError(netns: string, message: string, rest: string): CniError {
  return new CniError(CniCode.InvalidNetns, message, {
    details: `CNI_NETNS is ${describe(netns)}: ${rest}`,
  });
}
