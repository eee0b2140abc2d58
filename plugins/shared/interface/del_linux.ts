import {
  inSandbox,
  reasonOf,
  type Run,
  runCommand,
  saysLinkIsMissing,
  Shells,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { delegateIpam, ipamTypeOf } from "../ipam.ts";
import { removeAttachmentMasquerade } from "../masquerade_linux.ts";
import { throwFirst } from "../settled.ts";
import { type AttachedLinks, findAttached } from "./find_attached_linux.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/**
 * Detaches the container (CNI 1.1.0, section 2, "DEL"): the interface goes, then
 * the addresses are released; masquerade rules are removed meanwhile. What is
 * gone already is not an error, and a failing part does not keep those that do
 * not depend on it from being done.
 *
 * Only the keys that say what there is to remove are read: a configuration
 * with a fault elsewhere must not keep a container from being cleaned up.
 */
export async function delInterface<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  { request, context }: {
    readonly request: Request;
    readonly context: Context;
  },
): Promise<void> {
  await using shells = new Shells();
  const { run } = shells;
  const attached = findAttached(kind, request, run);
  attached.catch(() => {});
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) context.preload(ipamType, request);
  const found = await attached;
  throwFirst(
    await Promise.allSettled([
      detach(kind, { request, found, context, run }),
      // Not in the shell, so that they run beside what is done there.
      kind.masquerades
        ? removeAttachmentMasquerade(request, found.links, runCommand)
        : undefined,
    ]),
  );
}

/** The part of a kind that says how its interfaces leave a container. */
export type Leaving<Config extends InterfaceConfig, Facts> = Pick<
  InterfaceKind<Config, Facts>,
  "giveBack" | "removeRules"
>;

/** What a part of a DEL needs. */
export interface Detachment {
  readonly request: Request;
  readonly found: AttachedLinks;
  readonly context: Context;
  /** Runs the commands. */
  readonly run: Run;
}

/**
 * Has the interface go, then has the IPAM plugin release its addresses. In this
 * order: an address that is released may be given out again at once, so the
 * container must not have it any more. Only an IPAM plugin that is not our own
 * is asked before: it may need the interface to release by.
 *
 * @throws {CniError} Code 999 if the link cannot be removed, what a kind's own
 * functions throw, or the IPAM plugin's error.
 */
export async function detach<Config extends InterfaceConfig, Facts>(
  kind: Leaving<Config, Facts>,
  detachment: Detachment,
): Promise<void> {
  const { request, context } = detachment;
  const ipamType = ipamTypeOf(request.config.fields);
  const isForeign = ipamType !== undefined &&
    context.isForeign(ipamType, request);
  const release = () => delegateIpam(request, context);
  const before = await Promise.allSettled(isForeign ? [release()] : []);
  const removal = await Promise.allSettled([removeLink(kind, detachment)]);
  // A device that does not come back is no reason to hold its addresses.
  if (kind.giveBack === undefined) throwFirst([...before, ...removal]);
  const rest = await Promise.allSettled([
    isForeign ? undefined : release(),
    // Not before the link is gone: what it sends would pass unchecked.
    kind.removeRules?.(request, runCommand),
  ]);
  throwFirst([...before, ...removal, ...rest]);
}

/**
 * Has the interface go from the container, if it is there. A pair of which only
 * the host's end can be reached goes by that one.
 */
async function removeLink<Config extends InterfaceConfig, Facts>(
  { giveBack }: Leaving<Config, Facts>,
  { request, found: { link, hostEnds }, context, run }: Detachment,
): Promise<void> {
  if (giveBack !== undefined) {
    return await giveBack.act(request, { link, context, run });
  }
  const inside: Run = (command) => run(inSandbox(command, request.netns));
  if (link !== undefined) await remove(link.name, inside);
  for (const { name } of hostEnds) await remove(name, run);
}

async function remove(name: string, run: Run): Promise<void> {
  const args = ["link", "del", "dev", name];
  const { status, stderr } = await run({ program: "ip", args });
  if (status === 0 || saysLinkIsMissing(stderr)) return;
  throw new CniError(CniCode.Internal, `Cannot remove the link "${name}"`, {
    details: reasonOf(stderr),
  });
}
