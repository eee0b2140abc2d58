import { CniCode, CniError, describe } from "../spec/mod.ts";
import { parseShown } from "./apply_linux.ts";
import { reasonOf } from "./batch.ts";
import type { Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";

/** How {@linkcode readSandbox} is to judge the namespace. */
export interface SandboxOptions {
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

/**
 * Reads all links of the container's network namespace, which may be given by
 * any path: `/run/netns/x`, `/proc/<pid>/ns/net`, a bind mount.
 *
 * @returns The links, or `undefined` if the path does not exist.
 * @throws {CniError} Code 8 if the path is no network namespace, or is the
 * plugin's own without `CNI_NETNS_OVERRIDE`.
 */
export async function readSandbox(
  netns: string,
  { run, override }: SandboxOptions,
): Promise<readonly Link[] | undefined> {
  const mayBeOwn = /^(1|true)$/i.test(override);
  const { status, stdout, stderr } = await run({
    program: "sh",
    args: ["-c", SCRIPT, "sh", netns, mayBeOwn ? "1" : "0"],
  });
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  if (status === MISSING) return undefined;
  if (status === OWN) {
    const message =
      "plugin's netns and netns from CNI_NETNS should not be the same";
    throw netnsError(netns, message, "expected the container's own namespace");
  }
  const message = "Cannot use CNI_NETNS: it is no network namespace";
  throw netnsError(netns, message, reasonOf(stderr));
}

/** The error for a namespace that an ADD or a CHECK needs and that is not there. */
export function missingSandboxError(netns: string): CniError {
  const message = "Cannot use CNI_NETNS: it does not exist";
  const remedy = "pass the path of the container's network namespace, such " +
    "as /run/netns/NAME or /proc/PID/ns/net";
  return netnsError(netns, message, remedy);
}

function netnsError(netns: string, message: string, rest: string): CniError {
  return new CniError(CniCode.InvalidNetns, message, {
    details: `CNI_NETNS is ${describe(netns)}: ${rest}`,
  });
}
