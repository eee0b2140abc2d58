import {
  type Link,
  listLinks,
  parseLinkAlias,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

/**
 * Finds the attachment's ends of pairs in the host, for where the container's
 * end cannot be reached: by the alias that an ADD puts on them or, as the Go
 * plugins put none, by `prevResult`.
 *
 * @throws {CniError} Code 999 if links cannot be listed; code 11 if a pair
 * has the name that `prevResult` states, but another hardware address.
 */
export async function findHostEnds(
  request: Request,
  run: Run,
): Promise<readonly Link[]> {
  const pairs = await listLinks(run, "veth");
  const owned = pairs.filter(({ alias }) => isOwner(request, alias));
  if (owned.length > 0) return owned;
  const stated = (readPrevResult(request)?.interfaces ?? [])
    .filter(({ sandbox }) => !sandbox);
  return pairs.filter(({ name, mac, alias }) => {
    const one = stated.find((one) => one.name === name);
    if (one === undefined || parseLinkAlias(alias) !== undefined) return false;
    if (!one.mac || one.mac.toLowerCase() === mac) return true;
    throw unknownPairError(name, mac, one.mac);
  });
}

/** As `prevResultOf`; `undefined` also for one that cannot be read. */
export function readPrevResult({ config }: Request): Result | undefined {
  try {
    return prevResultOf(config);
  } catch (error) {
    // A DEL cleans up as much as it can without.
    if (error instanceof CniError) return undefined;
    throw error;
  }
}

function isOwner(
  { config, containerId, ifname }: Request,
  alias: string,
): boolean {
  const owner = parseLinkAlias(alias);
  return owner?.network === config.name && owner.ifname === ifname &&
    owner.containerId === containerId;
}

function unknownPairError(name: string, mac: string, stated: string) {
  const message = `Cannot tell whether "${name}" belongs to the container`;
  return new CniError(CniCode.TryAgainLater, message, {
    details: `its hardware address is ${mac}, and prevResult states ` +
      `${stated}: if it is the container's, remove it (ip link del ${name}) ` +
      "and DEL again; else rename it",
  });
}
