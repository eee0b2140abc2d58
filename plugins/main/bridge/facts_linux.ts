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

/** What an ADD has to know; each part is used as soon as it is there. */
export interface Facts {
  /**
   * The host's links.
   *
   * @throws {CniError} Code 7 if the bridge's name belongs to another kind of
   * link, code 8 if the sandbox is the plugin's own namespace.
   */
  readonly host: Promise<HostLinks>;
  /**
   * That the container can take the interface.
   *
   * @throws {CniError} Code 8 if there is no sandbox, code 999 if the
   * interface's name is taken in it.
   */
  readonly sandbox: Promise<void>;
}

/** Begins to read what an ADD has to know of host and container. */
export function readFacts(
  request: Request,
  config: BridgeConfig,
  run: Run,
): Facts {
  const host = readUsableHost(request, config, run);
  const sandbox = checkSandbox(request, run);
  // Whoever awaits them gets their errors; until then these are nobody's.
  for (const fact of [host, sandbox]) fact.catch(() => {});
  return { host, sandbox };
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

async function readUsableHost(
  { netns, netnsOverride: override }: Request,
  config: BridgeConfig,
  run: Run,
): Promise<HostLinks> {
  const [host] = await settled(
    readHost(config, run),
    requireOtherNamespace(netns, { run, override }),
  );
  requireBridgeKind(host.bridge, config.bridge);
  return host;
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
  if (!await isInSandbox(ifname, netns, options)) return;
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
