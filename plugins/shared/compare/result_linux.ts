import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import { isNamed, type Link } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Interface,
  type IpConfig,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

/**
 * The result of the ADD that a CHECK compares with.
 *
 * @throws {CniError} Code 7 without one.
 */
export function requirePrevResult({ config }: Request): Result {
  const result = prevResultOf(config);
  if (result !== undefined) return result;
  throw new CniError(CniCode.InvalidConfig, "required prevResult missing", {
    details: "prevResult is absent: CHECK needs the result of the ADD",
  });
}

/** Where {@linkcode checkContainerLink} looks, and for what. */
export interface ContainerLink {
  readonly netns: string;
  readonly ifname: string;
  /** The kind of link that it must be; any when absent. */
  readonly kind?: string | undefined;
}

/**
 * Finds the container's interface in a result.
 *
 * @param interfaces Those of the result.
 * @throws {CniError} Code 999 if it is not there.
 */
export function findStated(
  interfaces: readonly Interface[],
  { netns, ifname }: ContainerLink,
): Interface {
  const stated = interfaces.find((one) =>
    one.name === ifname && one.sandbox === netns
  );
  if (stated !== undefined) return stated;
  const why = "prevResult.interfaces does not have it";
  throw differs(`interface "${ifname}" in ${netns}`, why);
}

/**
 * Compares the container's interface with the result.
 *
 * @param links The sandbox's links.
 * @param interfaces Those of the result.
 * @returns The link.
 * @throws {CniError} Code 999, naming what differs.
 */
export function checkContainerLink(
  links: readonly Link[],
  interfaces: readonly Interface[],
  place: ContainerLink,
): Link {
  const { netns, ifname, kind } = place;
  const what = `interface "${ifname}" in ${netns}`;
  const stated = findStated(interfaces, place);
  const link = links.find((one) => one.name === ifname);
  if (link === undefined) throw differs(what, "it is gone");
  if (kind !== undefined && link.kind !== kind) {
    throw differs(what, `it is no ${kind}`);
  }
  checkMac(link, stated);
  return link;
}

/**
 * Finds the other end of the container's veth among the host's interfaces of
 * the result.
 *
 * @param candidates Those of the result that it may be.
 * @param links Links of the host, among them the candidates that are there.
 * @throws {CniError} Code 999 if it is none of them.
 */
export function checkVethPeer(
  container: Link,
  { candidates, links }: {
    readonly candidates: readonly Interface[];
    readonly links: readonly Link[];
  },
): Link {
  const peer = links.find((link) =>
    link.kind === "veth" && link.index === container.peerIndex &&
    link.peerIndex === container.index
  );
  const stated = peer &&
    candidates.find(({ name }) => isNamed(peer, name));
  if (peer === undefined || stated === undefined) {
    const why = "none of prevResult.interfaces is its other end in the host";
    throw differs(`interface "${container.name}"`, why);
  }
  checkMac(peer, stated);
  return peer;
}

/**
 * Compares a link's hardware address with the one stated, if one is.
 *
 * @throws {CniError} Code 999 if it is another.
 */
export function checkMac(link: Link, stated: Interface | undefined): void {
  if (!stated?.mac || stated.mac.toLowerCase() === link.mac) return;
  const why = `its hardware address is ${link.mac}: expected ${stated.mac}`;
  throw differs(`interface "${link.name}"`, why);
}

/**
 * Looks for the addresses of the result on a link.
 *
 * @throws {CniError} Code 999 if one is not there.
 */
export function checkAddresses(link: Link, ips: readonly IpConfig[]): void {
  const present = new Set(link.addresses.map(({ cidr }) => formatCidr(cidr)));
  for (const { address } of ips) {
    if (present.has(formatCidr(parseCidr(address)))) continue;
    throw differs(`interface "${link.name}"`, `address ${address} is gone`);
  }
}

/** The error of a CHECK that has found a difference. */
export function differs(what: string, why: string): CniError {
  return new CniError(CniCode.Internal, `Cannot confirm ${what}`, {
    details: `${why}; DEL and ADD the attachment to mend it`,
  });
}
