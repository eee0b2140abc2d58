import {
  type LinkState,
  readLinkStates,
  type Run,
} from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { sleep } from "../../shared/mod.ts";

/** Waits before each further look at a port, in milliseconds. */
const PORT_DELAYS_MS = [5, 20, 50, 100, 300, 500, 1000, 1000];

/**
 * Waits until the port passes traffic, so that the container can be reached
 * as soon as the ADD is done.
 *
 * @param links What a first look has shown.
 * @throws {CniError} Code 999 if the port does not come up.
 */
export async function awaitPortUp(
  links: readonly LinkState[],
  hostName: string,
  run: Run,
): Promise<void> {
  let port = links.find((link) => link.name === hostName);
  for (const delayMs of PORT_DELAYS_MS) {
    if (port?.operState === "UP") return;
    await sleep(delayMs);
    port = (await readLinkStates([hostName], run))[0];
  }
  if (port?.operState === "UP") return;
  const state = port?.operState.toLowerCase() ?? "absent";
  const message = `bridge port in error state: ${state}`;
  throw new CniError(CniCode.Internal, message, {
    details: `the port "${hostName}" does not come up: look at its bridge, ` +
      "and at what else changes links on this host",
  });
}
