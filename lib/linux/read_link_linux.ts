import { CniCode, CniError } from "../spec/mod.ts";
import { parseShown } from "./apply_linux.ts";
import { inSandbox, isSafeWord, reasonOf, wordLines } from "./batch.ts";
import type { Command, Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";

/** Where {@linkcode readLink} looks. */
export interface ReadLinkOptions {
  /** Runs the command. */
  readonly run: Run;
  /** A network namespace; the host's when absent. */
  readonly netns?: string;
}

/**
 * Reads one link with its addresses.
 *
 * @returns The link, or `undefined` if there is none of that name.
 * @throws {CniError} Code 999 if it cannot be read.
 */
export async function readLink(
  name: string,
  { run, netns }: ReadLinkOptions,
): Promise<Link | undefined> {
  const args = ["-j", "-d", "addr", "show", "dev", name];
  const command: Command = { program: "ip", args };
  const placed = netns === undefined ? command : inSandbox(command, netns);
  const { status, stdout, stderr } = await run(placed);
  if (status === 0) return parseShown(stdout).flatMap(parseLinks)[0];
  if (IS_MISSING.test(stderr)) return undefined;
  throw new CniError(CniCode.Internal, `Cannot read the link ${name}`, {
    details: reasonOf(stderr),
  });
}

/**
 * Reads links of the host with their addresses, by one process.
 *
 * @returns Those that are there.
 * @throws {CniError} Code 999 if they cannot be read.
 */
export async function readLinks(
  names: readonly string[],
  run: Run,
): Promise<readonly Link[]> {
  // No link has a name that is no plain word.
  const lines = names.filter(isSafeWord)
    .map((name) => ["addr", "show", "dev", name]);
  if (lines.length === 0) return [];
  const args = ["-j", "-d", "-force", "-batch", "-"];
  const stdin = wordLines(lines);
  const { stdout, stderr } = await run({ program: "ip", args, stdin });
  const faults = stderr.split("\n").filter((line) => !saysLinkIsMissing(line));
  const details = reasonOf(faults.join("\n"));
  if (details === "") return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, "Cannot read links", { details });
}

/**
 * Whether `ip` says on stderr that the link is not there, be it that `ip` did
 * not find it or that the kernel no longer did.
 */
export function saysLinkIsMissing(stderr: string): boolean {
  return IS_MISSING.test(stderr);
}

/** As releases of iproute2, and others' `ip`, put it. */
const IS_MISSING =
  /does not exist|Cannot find device|can't find device|No such device/i;
