import {
  findSandbox,
  isInSandbox,
  type Link,
  readLink,
  requireOtherNamespace,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import { vlanLinkName } from "./vlan.ts";

/**
 * Reads what an ADD has to know of host and container, and refuses what cannot
 * be done whatever the addresses will be.
 *
 * @throws {CniError} Code 7 if the bridge's name belongs to another kind of
 * link, code 8 if there is no sandbox or it is the plugin's own namespace,
 * code 999 if the interface's name is taken in it.
 */
export async function readFacts(
  request: Request,
  config: BridgeConfig,
  run: Run,
): Promise<HostLinks> {
  const [host] = await settled(
    readHost(config, run),
    checkSandbox(request, run),
  );
  requireBridgeKind(host.bridge, config.bridge);
  return host;
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

/**
 * Both values, or the first error, but only when both have ended: what has
 * been begun must be over before it is undone.
 */
export async function settled<A, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}

async function readHost(config: BridgeConfig, run: Run): Promise<HostLinks> {
  const { bridge: name, vlans, isGateway, ipamType } = config;
  const hasVlanLink = vlans.vlan !== 0 && isGateway && ipamType !== undefined;
  if (!hasVlanLink) {
    const bridge = await readLink(name, { run });
    return { bridge, gateway: { name, link: bridge } };
  }
  const vlanName = vlanLinkName(name, vlans.vlan);
  const [bridge, link] = await settled(
    readLink(name, { run }),
    readLink(vlanName, { run }),
  );
  return { bridge, gateway: { name: vlanName, link } };
}

async function checkSandbox(
  { netns, netnsOverride, ifname }: Request,
  run: Run,
): Promise<void> {
  const options = { run, override: netnsOverride };
  const [isTaken] = await settled(
    isInSandbox(ifname, netns, options),
    requireOtherNamespace(netns, options),
  );
  if (!isTaken) return;
  const message = `container veth name "${ifname}" already exists`;
  throw new CniError(CniCode.Internal, message, {
    details: `CNI_IFNAME is "${ifname}", which is in ${netns} already: DEL ` +
      "that attachment first, or choose another name",
  });
}

/** Refuses a link of another kind in the bridge's place. */
function requireBridgeKind(link: Link | undefined, name: string): void {
  if (link === undefined || link.kind === "bridge") return;
  const message = `"${name}" already exists but is not a bridge`;
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `bridge is "${name}", the name of a ` +
      `${link.kind || "physical"} link: choose another name`,
  });
}
