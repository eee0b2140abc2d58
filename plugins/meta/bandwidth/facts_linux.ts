import {
  type Link,
  linkAlias,
  readLinks,
  requireSandbox,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  checkLinkName,
  CniCode,
  CniError,
  type Result,
} from "../../../lib/spec/mod.ts";
import { attachmentOwner } from "../../shared/chained/mod.ts";
import type { BandwidthConfig } from "./config.ts";
import { ifbName } from "./ifb.ts";
import type { BandwidthInput } from "./read_input.ts";
import {
  findForeignRoot,
  findIngress,
  findShaper,
  type Qdisc,
  redirectsOnlyTo,
} from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";
import type { Place, Remains } from "./steps.ts";

/** What an ADD or a CHECK has to know of host and container. */
export interface Facts {
  /** The pair's end in the host. */
  readonly host: Link;
  /** The disciplines of that end. */
  readonly qdiscs: readonly Qdisc[];
  /** The link that bears the name of this attachment's, if one does. */
  readonly ifb: Link | undefined;
}

/**
 * Finds the container's interface and its other end in the host, which must be
 * one of `prevResult`.
 *
 * @throws {CniError} Code 7 if it is not, or is no veth pair; code 8 if there
 * is no sandbox; code 999 if the interface is gone.
 */
export async function readFacts(
  request: Request,
  prevResult: Result,
  run: Run,
): Promise<Facts> {
  const { netns, netnsOverride: override, ifname } = request;
  const names = hostNames(prevResult);
  const ownName = await ifbName(request);
  const [inside, links, qdiscs] = await Promise.all([
    requireSandbox(netns, { run, override }),
    readLinks([...names, ownName], run),
    readQdiscs(names, run),
  ]);
  const container = inside.find(({ name }) => name === ifname);
  if (container === undefined) throw goneError(ifname, netns);
  const host = links.find((link) => isOtherEnd(link, container));
  if (host === undefined) throw noPeerError(container, names);
  return {
    host,
    qdiscs: qdiscs.get(host.name) ?? [],
    ifb: links.find(({ name }) => name === ownName),
  };
}

/**
 * Finds where an ADD sets limits, and what is in its way.
 *
 * @throws {CniError} As {@linkcode readFacts}; code 999 also if a limit cannot
 * be set because of something that no earlier ADD has left.
 */
export async function findPlace(
  request: Request,
  { config, prevResult }: BandwidthInput,
  run: Run,
): Promise<Place> {
  const facts = await readFacts(request, prevResult, run);
  const { name: hostName, mtuBytes } = facts.host;
  const remains = await findRemains(request, config, { facts, run });
  return { hostName, mtuBytes, remains };
}

/**
 * Finds out what an earlier ADD for the same attachment, by this plugin or the
 * Go one, has left.
 *
 * @throws {CniError} Code 999 if a limit cannot be set because of something
 * that is no such remainder.
 */
async function findRemains(
  request: Request,
  config: BandwidthConfig,
  { facts, run }: { facts: Facts; run: Run },
): Promise<Remains> {
  const { host, qdiscs, ifb } = facts;
  const ownName = await ifbName(request);
  const root = findForeignRoot(qdiscs);
  if (root !== undefined && config.ingress !== undefined) {
    throw takenError(`the link "${host.name}"`, `a ${root.kind} discipline`);
  }
  const filters = findIngress(qdiscs) &&
    await readFilters({ name: host.name, parent: "ffff:" }, run);
  const hasRedirect = filters !== undefined &&
    redirectsOnlyTo(filters, ownName);
  const isBlocked = filters !== undefined && !hasRedirect;
  if (isBlocked && config.egress !== undefined) {
    throw takenError(`the link "${host.name}"`, "filters of its own");
  }
  const isUsed =
    filters?.some(({ redirects }) => redirects.includes(ownName)) ?? false;
  const hasIfb = ifb !== undefined && isOwnIfb(request, ifb, isUsed);
  if (ifb !== undefined && !hasIfb && config.egress !== undefined) {
    const owner = ifb.alias === "" ? "another owner" : `the owner ${ifb.alias}`;
    throw takenError(`the link "${ownName}"`, owner);
  }
  return { hasShaper: findShaper(qdiscs) !== undefined, hasRedirect, hasIfb };
}

/**
 * Whether a link of the right name is of this attachment and not of another
 * interface of the container: that of the Go plugin bears no alias.
 *
 * @param isUsed Whether the attachment's pair redirects to it.
 */
export function isOwnIfb(
  request: Request,
  { alias }: Link,
  isUsed: boolean,
): boolean {
  return alias === "" ? isUsed : alias === linkAlias(attachmentOwner(request));
}

/** Whether two links are the ends of one veth pair. */
export function isOtherEnd(host: Link, container: Link): boolean {
  return host.kind === "veth" && host.index === container.peerIndex &&
    host.peerIndex === container.index;
}

/** The host's links in a result. */
export function hostNames({ interfaces = [] }: Result): readonly string[] {
  return interfaces.flatMap(({ name, sandbox }, index) => {
    if (sandbox) return [];
    checkLinkName(name, `prevResult.interfaces[${index}].name`);
    return [name];
  });
}

function goneError(ifname: string, netns: string): CniError {
  const message = `Cannot find the interface "${ifname}"`;
  return new CniError(CniCode.Internal, message, {
    details: `there is none of that name in ${netns}: bandwidth comes after ` +
      "the plugin that makes it",
  });
}

function noPeerError(
  { name, kind }: Link,
  names: readonly string[],
): CniError {
  const message = kind === "veth"
    ? "no veth peer of container interface found in host ns"
    : `container interface ${name} has no veth peer`;
  const listed = names.length === 0 ? "none" : names.join(", ");
  return new CniError(CniCode.InvalidConfig, message, {
    details: `"${name}" is a ${kind || "physical"} link and the host's ` +
      `interfaces in prevResult are: ${listed}: put bandwidth after a plugin ` +
      "that makes a veth pair, such as bridge",
  });
}

function takenError(what: string, by: string): CniError {
  const message = "Cannot set the limits";
  return new CniError(CniCode.Internal, message, {
    details: `${what} has ${by}, not of this attachment: remove that, or the ` +
      "limits from the configuration",
  });
}
