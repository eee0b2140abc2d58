import {
  findSandbox,
  inSandbox,
  isInSandbox,
  type Link,
  reasonOf,
  requireOtherNamespace,
  type Run,
} from "../../lib/linux/mod.ts";
import type { Context, Request } from "../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { delegateIpam } from "./ipam.ts";
import { settled, throwFirst } from "./settled.ts";

/**
 * Refuses a container that cannot get an interface of the name asked for.
 *
 * @param kind What is to be made: `veth`.
 * @throws {CniError} Code 8 if there is no sandbox or it is the plugin's own
 * namespace, code 999 if the interface's name is taken in it.
 */
export async function requireFreeName(
  { netns, netnsOverride, ifname }: Request,
  kind: string,
  run: Run,
): Promise<void> {
  const options = { run, override: netnsOverride };
  const [isTaken] = await settled(
    isInSandbox(ifname, netns, options),
    requireOtherNamespace(netns, options),
  );
  if (!isTaken) return;
  const message = `container ${kind} name "${ifname}" already exists`;
  throw new CniError(CniCode.Internal, message, {
    details: `CNI_IFNAME is "${ifname}", which is in ${netns} already: DEL ` +
      "that attachment first, or choose another name",
  });
}

/** Begins to read the sandbox's links; none if it is gone, or was not given. */
export function readSandboxLinks(
  { netns, netnsOverride: override }: Request,
  run: Run,
): Promise<readonly Link[]> {
  if (netns === "") return Promise.resolve([]);
  const links = findSandbox(netns, { run, override })
    .then((found) => found ?? []);
  links.catch(() => {});
  return links;
}

/** What {@linkcode removeAndRelease} needs besides the request. */
export interface RemoveOptions {
  readonly context: Context;
  /** Runs the commands. */
  readonly run: Run;
  /** Is done when the link is gone, beside the IPAM plugin's part. */
  readonly after?: () => Promise<void>;
}

/**
 * Removes the container's interface, then has the IPAM plugin release its
 * addresses. In this order: an address that is released may be given out again
 * at once, so the container must not bear it any more.
 *
 * @param links The sandbox's links.
 * @throws {CniError} Code 999 if the link cannot be removed, or the IPAM
 * plugin's error.
 */
export async function removeAndRelease(
  request: Request,
  links: readonly Link[],
  { context, run, after }: RemoveOptions,
): Promise<void> {
  const { ifname, netns } = request;
  if (links.some((link) => link.name === ifname)) {
    await removeLink(ifname, netns, run);
  }
  throwFirst(
    await Promise.allSettled([delegateIpam(request, context), after?.()]),
  );
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
