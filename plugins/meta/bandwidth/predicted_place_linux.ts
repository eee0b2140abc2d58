import { readLinks, type Run } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { findPlace, hostNames } from "./facts_linux.ts";
import type { BandwidthInput } from "./read_input.ts";
import { NOTHING, type Place } from "./steps.ts";

/** What the kernel's default is for a pair. */
const PAIR_MTU_BYTES = 1500;

/**
 * As {@linkcode findPlace}, for the plan of a whole chain: the pair may not be
 * there yet, nor what is in its way.
 */
export async function findOrPredictPlace(
  request: Request,
  input: BandwidthInput,
  run: Run,
): Promise<Place> {
  const { interfaces } = input.prevResult;
  const names = hostNames(input.prevResult);
  const hostName = names.at(-1);
  const isThere = (await readLinks(names, run))
    .some(({ kind }) => kind === "veth");
  if (isThere || hostName === undefined) {
    return await findPlace(request, input, run);
  }
  const stated = interfaces?.find(({ name }) => name === hostName);
  const mtuBytes = stated?.mtu ?? PAIR_MTU_BYTES;
  return { hostName, mtuBytes, remains: NOTHING };
}
