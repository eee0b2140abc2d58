import {
  mustRunInSandbox,
  type Output,
  reasonOf,
  type Run,
  runInSandbox,
} from "../../../lib/linux/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { joinRouting, parseRouting, type Routing } from "./routing.ts";

/** What {@linkcode readRouting} is to look at. */
export interface ReadOptions {
  readonly families: readonly Family[];
  /** Runs the commands. */
  readonly run: Run;
}

/** Routing in the sandbox, and whether the interface is there. */
export interface SandboxRouting extends Routing {
  readonly hasLink: boolean;
}

/**
 * Reads rules, routes and the interface's addresses in the sandbox, by one
 * shell.
 *
 * @throws {CniError} Code 8 if there is no sandbox.
 */
export async function readRouting(
  { netns, netnsOverride: override, ifname }: Request,
  { families, run }: ReadOptions,
): Promise<SandboxRouting> {
  const script = scriptFor(families, ifname);
  const options = { run, override, isReading: true };
  const output = await mustRunInSandbox(script, netns, options);
  return routingIn(output, families, ifname);
}

/** As {@linkcode readRouting}; `undefined` if the sandbox is gone. */
export async function findRouting(
  { netns, netnsOverride: override, ifname }: Request,
  { families, run }: ReadOptions,
): Promise<SandboxRouting | undefined> {
  const script = scriptFor(families, ifname);
  const options = { run, override, isReading: true };
  const output = await runInSandbox(script, netns, options);
  return output && routingIn(output, families, ifname);
}

/** Begins the line after what is shown of a family, before its exit status. */
const MARK = "@";

// Numbers, as names depend on files of the host. Forced, since a link that is
// not there ends the batch otherwise. Only `link show` tells by the very name.
// A kernel without IPv6 has no such file.
function scriptFor(families: readonly Family[], ifname: string): string {
  return families.map((family) => {
    const isThere = family === 4 ? ":" : "[ -e /proc/self/net/if_inet6 ]";
    return `if ${isThere}; then
ip -N -o -${family} -force -batch - <<';'
rule show
route show table all
addr show dev ${ifname}
link show dev ${ifname}
;
echo ${MARK} $?
else
echo ${MARK} none
fi
`;
  }).join("");
}

function routingIn(
  { stdout, stderr }: Output,
  families: readonly Family[],
  ifname: string,
): SandboxRouting {
  const hasLink = !/does not exist|No such device/.test(stderr);
  const shown = [...stdout.matchAll(/([^]*?)^@ (\S+)\n/gm)];
  const routing = families.map((family, index) => {
    const [, text = "", status = ""] = shown[index] ?? [];
    if (status === "none") return parseRouting("", family, ifname);
    const read = parseRouting(text, family, ifname);
    // There are always rules, such as the one for the main table. Only the
    // last two may fail, for want of the link.
    const isRead = read.ruleTables.length > 0 &&
      (status === "0" || !hasLink && !/^Command failed -:[12]$/m.test(stderr));
    if (isRead) return read;
    const message = "Cannot read the rules and routes of the container";
    throw new CniError(CniCode.Internal, message, {
      details: reasonOf(stderr) || `ip -${family} has shown no rules: exit ` +
          `status ${status}`,
    });
  });
  return { ...joinRouting(routing), hasLink };
}
