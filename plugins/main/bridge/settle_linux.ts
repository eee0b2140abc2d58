import {
  applySteps,
  type Link,
  type LinkState,
  parseLinks,
  readLinkStates,
  type Run,
  type UndoStack,
} from "../../../lib/linux/mod.ts";
import { formatCidr } from "../../../lib/net/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type PlanInput, showAddresses } from "./plan.ts";

/** Waits before each further look at a port, in milliseconds. */
const PORT_DELAYS_MS = [5, 20, 50, 100, 300, 500, 1000, 1000];

/** Time between two looks at addresses whose detection is under way. */
const SETTLE_INTERVAL_MS = 50;

/** How long duplicate address detection may take. */
const SETTLE_TIMEOUT_MS = 5000;

interface Tools {
  readonly netns: string;
  readonly run: Run;
  readonly undo: UndoStack;
}

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

/**
 * Waits until no IPv6 address of the container is tentative any more, if one
 * of them has a gateway.
 *
 * @param shown What the sandbox's steps have shown of the interface.
 * @throws {CniError} Code 999 if another node has one of the addresses, or if
 * the detection does not end while the interface is up.
 */
export async function awaitSettledAddresses(
  { ifname, addressing }: PlanInput,
  shown: readonly unknown[],
  tools: Tools,
): Promise<void> {
  const mustSettle = addressing?.ips.some((ip) =>
    ip.gateway?.includes(":") ?? false
  );
  if (!mustSettle) return;
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  let link = shown.flatMap(parseLinks)[0];
  for (;;) {
    refuseDuplicates(link);
    const isTentative = link?.addresses.some((one) => one.isTentative);
    if (!isTentative) return;
    if (performance.now() > deadline) break;
    await sleep(SETTLE_INTERVAL_MS);
    const again = await applySteps([showAddresses(ifname)], tools);
    link = again.flatMap(parseLinks)[0];
  }
  if (link?.operState !== "UP") return;
  throw new CniError(CniCode.Internal, `Cannot settle IPv6 on "${ifname}"`, {
    details: "duplicate address detection is not done after " +
      `${SETTLE_TIMEOUT_MS / 1000} seconds: set enabledad to false to go ` +
      "without it",
  });
}

function refuseDuplicates(link: Link | undefined): void {
  const duplicate = link?.addresses.find((one) => one.isDuplicate);
  if (duplicate === undefined) return;
  const address = formatCidr(duplicate.cidr);
  throw new CniError(CniCode.Internal, `Cannot use address ${address}`, {
    details: `another node on the bridge has ${address}: duplicate address ` +
      "detection (enabledad) has failed",
  });
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
