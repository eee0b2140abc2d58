import type { Link, Run } from "../../../lib/linux/mod.ts";
import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { readSandboxLinks } from "../container_link_linux.ts";
import { findHostEnds, readPrevResult } from "../host_end/mod.ts";
import type { InterfaceConfig, InterfaceKind } from "./kind.ts";

/** What of an attachment is found by a DEL. */
export interface AttachedLinks {
  /** The sandbox's links; none if it is gone. */
  readonly links: readonly Link[];
  /** The container's interface, under any name. */
  readonly link: Link | undefined;
  /** Its other ends in the host, if the interface itself was not found. */
  readonly hostEnds: readonly Link[];
}

/**
 * Finds what is to be removed. A sandbox that is gone or cannot be entered does
 * not mean that the interface is gone: a process may keep the namespace alive.
 * So an end in the host is looked for then.
 *
 * @throws {CniError} Code 8 if the sandbox cannot be entered and there is no
 * other way to the interface.
 */
export async function findAttached<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  request: Request,
  run: Run,
): Promise<AttachedLinks> {
  const [read] = await Promise.allSettled([readSandboxLinks(request, run)]);
  const links = read.status === "fulfilled" ? read.value : [];
  const link = findInside(kind, request, links);
  const hostEnds = link === undefined && kind.hasHostEnd
    ? await findHostEnds(request, run)
    : [];
  if (read.status === "rejected" && hostEnds.length === 0) throw read.reason;
  return { links, link, hostEnds };
}

function findInside<Config extends InterfaceConfig, Facts>(
  kind: InterfaceKind<Config, Facts>,
  request: Request,
  links: readonly Link[],
): Link | undefined {
  const named = links.find(({ name }) => name === request.ifname);
  if (named !== undefined || links.length === 0) return named;
  const { linkKind } = kind;
  return links.find((link) =>
    kind.isOwn?.(link, request) ||
    linkKind === link.kind && isStated(link, request)
  );
}

/**
 * Whether a link is what `prevResult` states the interface to be: of its
 * hardware address, and with one of its addresses, as links of some kinds have
 * the same hardware address.
 */
function isStated({ mac, addresses }: Link, request: Request): boolean {
  const { interfaces = [], ips = [] } = readPrevResult(request) ?? {};
  const hasMac = interfaces.some((one) =>
    one.name === request.ifname && one.sandbox && one.mac?.toLowerCase() === mac
  );
  if (!hasMac) return false;
  const own = new Set(addresses.map(({ cidr }) => formatCidr(cidr)));
  return ips.some(({ address }) => own.has(formatCidr(parseCidr(address))));
}
