import { type Cidr, cidrContains } from "../../../lib/net/mod.ts";
import {
  inSandbox,
  type Link,
  reasonOf,
  removeMasquerade,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { ipamTypeOf } from "./config.ts";
import { removeSpoofCheck } from "./spoof_check_linux.ts";

/** What was begun before this file was loaded. */
export interface DelStart {
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** The sandbox's links; none if it is gone, or was not given. */
  readonly sandbox: Promise<readonly Link[]>;
}

/**
 * Detaches the container (CNI 1.1.0, section 2, "DEL"): removes the pair, then
 * releases the addresses, and removes the masquerade rules meanwhile. What is
 * gone already is no error, and a failing part does not keep the others from
 * being done.
 *
 * Only the keys that say what there is to remove are read: a configuration
 * with a fault elsewhere must not keep a container from being cleaned up.
 */
export async function delBridge(
  request: Request,
  context: Context,
  { run, sandbox }: DelStart,
): Promise<void> {
  const links = await sandbox;
  const ends = await Promise.allSettled([
    removeLinkAndRelease(request, links, { context, run }),
    // Not in the shell, so that they run beside what is done there.
    removeRules(request, links, runCommand),
  ]);
  throwFirst(ends);
}

// In this order: an address that is released may be given out again at once,
// so the container must not bear it any more.
async function removeLinkAndRelease(
  request: Request,
  links: readonly Link[],
  { context, run }: { context: Context; run: Run },
): Promise<void> {
  const { ifname, netns, containerId, config: { fields } } = request;
  if (links.some((link) => link.name === ifname)) {
    await removeLink(ifname, netns, run);
  }
  const ipamType = ipamTypeOf(fields);
  const check = { containerId, ifname };
  const ends = await Promise.allSettled([
    ipamType === undefined ? undefined : context.delegate(ipamType, request),
    // Not before the link is gone: what it sends would pass unchecked.
    fields.json("macspoofchk") === true
      ? removeSpoofCheck(check, runCommand)
      : undefined,
  ]);
  throwFirst(ends);
}

async function removeLink(
  name: string,
  netns: string,
  run: Run,
): Promise<void> {
  const command = { program: "ip", args: ["link", "del", "dev", name] };
  const { status, stderr } = await run(inSandbox(command, netns));
  if (status === 0 || /Cannot find device/.test(stderr)) return;
  throw new CniError(CniCode.Internal, `Cannot remove the link "${name}"`, {
    details: reasonOf(stderr),
  });
}

/** Removes the attachment's masquerade rules, if it may have any. */
export async function removeRules(
  { config, containerId, ifname }: Request,
  links: readonly Link[],
  run: Run,
): Promise<void> {
  const { fields } = config;
  const isMasqueraded = fields.json("ipMasq") === true &&
    ipamTypeOf(fields) !== undefined;
  if (!isMasqueraded) return;
  const own = addressesOf(links.filter((link) => link.name === ifname));
  const others = addressesOf(links.filter((link) => link.name !== ifname));
  const families = ([4, 6] as const).filter((family) =>
    // Without the link both are looked through: it may have had either.
    own.length === 0 || own.some(({ address }) => address.family === family)
  );
  await removeMasquerade({ network: config.name, containerId, ifname }, {
    run,
    families,
    isKept: (source) =>
      others.some(({ address }) => cidrContains(source, address)),
  });
}

function addressesOf(links: readonly Link[]): readonly Cidr[] {
  return links.flatMap((link) => link.addresses)
    .filter((address) => address.scope === "global")
    .map((address) => address.cidr);
}

/** Throws what the first of those that failed has failed with. */
function throwFirst(ends: readonly PromiseSettledResult<unknown>[]): void {
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
  }
}
