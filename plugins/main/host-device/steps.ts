import {
  ipStep,
  type Link,
  netnsWord,
  type Step,
} from "../../../lib/linux/mod.ts";
import { formatCidr } from "../../../lib/net/mod.ts";
import { isLinkName } from "../../../lib/spec/mod.ts";

/** Where a device goes. */
export interface Destination {
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** Its name there. */
  readonly ifname: string;
}

/**
 * The steps that move a link to the container. Its alias bears the name that
 * it has in the host: by that a DEL, the reference's too, finds the way back.
 */
export function planMove(
  { name, altNames = [] }: Link,
  { netns, ifname }: Destination,
): readonly Step[] {
  const altName = ["dev", name, "altname", ifname];
  const place = netnsWord(netns);
  const freeing = `take the alternative name "${ifname}" off "${name}"`;
  return [
    // The kernel gives no link a name that it has already.
    ...(altNames.includes(ifname)
      ? [{
        ...ipStep("host", freeing, ["link", "property", "del", ...altName]),
        undo: ["link", "property", "add", ...altName],
      }]
      : []),
    ipStep("host", `note the name of "${name}" on it`, [
      ...["link", "set", "dev", name, "alias", name],
    ]),
    // One line, so that neither namespace needs both names to be free.
    ipStep("host", `move "${name}" to the container as "${ifname}"`, [
      ...["link", "set", "dev", name, "name", ifname, "netns", place],
    ]),
  ];
}

/**
 * Lines for `ip` that make a link in the host what it was, once it is back
 * there under its name; the kernel has taken off what is not of the link
 * itself. Routes other than those of its subnets are not known any more.
 */
export function restoreLines(
  { name, alias, master, addresses, flags }: Link,
): readonly (readonly string[])[] {
  const set = ["link", "set", "dev", name];
  return [
    // An empty alias is one word to ip, and none to a batch of it.
    [...set, "alias", alias],
    ...(master === undefined ? [] : [[...set, "master", master]]),
    ...addresses.filter(({ scope }) => scope !== "link").map(({ cidr }) => [
      ...["addr", "add", formatCidr(cidr), "dev", name],
    ]),
    ...(flags.includes("UP") ? [[...set, "up"]] : []),
  ];
}

/** The name that a link in the container had in the host, if it is from there. */
export function originOf({ alias }: Link): string | undefined {
  return isLinkName(alias) ? alias : undefined;
}

/** What the kernel makes a free name of: `dev0`, `dev1`… */
export const FREE_NAME = "dev%d";

/**
 * The words for `ip` that move a link back to the host.
 *
 * @param host How `ip` is told the host's namespace.
 */
export function returnWords(
  { ifname, origin, isTaken }: {
    readonly ifname: string;
    readonly origin: string;
    /** Whether another link of the host has the name. */
    readonly isTaken: boolean;
  },
  host: string,
): readonly string[] {
  const set = ["link", "set", "dev", ifname];
  return isTaken
    ? [...set, "name", FREE_NAME, "netns", host]
    : [...set, "name", origin, "alias", "", "netns", host];
}
