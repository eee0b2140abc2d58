import {
  findSandbox,
  isInSandbox,
  type Link,
  requireOtherNamespace,
  type Run,
} from "../../lib/linux/mod.ts";
import type { Request } from "../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { settled } from "./settled.ts";

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
