import {
  type LinkState,
  readLinkStates,
  type Run,
} from "../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import type { AwaitedLink } from "./interface/design.ts";
import { sleep } from "./settle_linux.ts";

/** Waits before each further look at a link, in milliseconds. */
const DELAYS_MS = [5, 20, 50, 100, 300, 500, 1000, 1000];

/**
 * Waits until a link in the host passes traffic, so that the container can be
 * reached as soon as the ADD is done. The kernel may take a while to notice
 * that the other end is up, and drops all packets until then.
 *
 * @param links What a first look has shown.
 * @throws {CniError} Code 999 if the link does not come up.
 */
export async function awaitLinkUp(
  { name, what }: AwaitedLink,
  links: readonly LinkState[],
  run: Run,
): Promise<void> {
  let link = links.find((one) => one.name === name);
  for (const delayMs of DELAYS_MS) {
    if (link?.operState === "UP") return;
    await sleep(delayMs);
    link = (await readLinkStates([name], run))[0];
  }
  if (link?.operState === "UP") return;
  const state = link?.operState.toLowerCase() ?? "absent";
  const message = `${what} in error state: ${state}`;
  throw new CniError(CniCode.Internal, message, {
    details: `"${name}" does not come up: look at what else changes links on ` +
      "this host",
  });
}
