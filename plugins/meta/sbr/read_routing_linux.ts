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
  const output = await mustRunInSandbox(script, netns, { run, override });
  return routingIn(output, families, ifname);
}

/** As {@linkcode readRouting}; `undefined` if the sandbox is gone. */
export async function findRouting(
  { netns, netnsOverride: override, ifname }: Request,
  { families, run }: ReadOptions,
): Promise<SandboxRouting | undefined> {
  const script = scriptFor(families, ifname);
  const output = await runInSandbox(script, netns, { run, override });
  return output && routingIn(output, families, ifname);
}

/** Stands in the output where what is shown of the next family begins. */
const MARK = "@";

// Numbers, as names depend on files of the host. Forced, since a link that is
// not there ends the batch otherwise.
function scriptFor(families: readonly Family[], ifname: string): string {
  return families.map((family) =>
    `ip -N -o -${family} -force -batch - <<';' || :
rule show
route show table all
addr show dev ${ifname}
;
echo ${MARK}
`
  ).join("");
}

function routingIn(
  { status, stdout, stderr }: Output,
  families: readonly Family[],
  ifname: string,
): SandboxRouting {
  const hasLink = !/does not exist/.test(stderr);
  const texts = stdout.split(`${MARK}\n`);
  const routing = joinRouting(
    families.map((family, index) =>
      parseRouting(texts[index] ?? "", family, ifname)
    ),
  );
  // There are always rules, such as the one for the main table.
  if (status === 0 && routing.ruleTables.length > 0) {
    return { ...routing, hasLink };
  }
  const message = "Cannot read the rules and routes of the container";
  throw new CniError(CniCode.Internal, message, {
    details: reasonOf(stderr) || `exit status ${status}`,
  });
}
