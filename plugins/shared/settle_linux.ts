import {
  type ApplyOptions,
  applySteps,
  type Link,
  parseLinks,
} from "../../lib/linux/mod.ts";
import { formatCidr, parseCidr } from "../../lib/net/mod.ts";
import { CniCode, CniError, type IpConfig } from "../../lib/spec/mod.ts";
import { showStep } from "./interface_steps.ts";

/** Time between two looks at addresses: at first, and at most, as it grows. */
const SETTLE_INTERVAL_MS = { min: 50, max: 500 } as const;

/**
 * How long duplicate address detection may take. The kernel needs one to two
 * seconds, but does it for one address after the other, in a queue that a busy
 * node works off late.
 */
const SETTLE_TIMEOUT_MS = 30_000;

/** The interface whose addresses {@linkcode awaitSettledAddresses} awaits. */
export interface SettlingInterface {
  /** Its name in the container. */
  readonly ifname: string;
  /** Its addresses. */
  readonly ips: readonly IpConfig[];
  /** What is said of a detection that does not end. */
  readonly remedy: string;
}

/**
 * Waits until none of the container's IPv6 addresses is tentative any more, if
 * one of them has a gateway. Those that the kernel chooses are not waited for.
 *
 * @param shown What the steps of `interfaceSteps` have shown.
 * @throws {CniError} Code 999 if another node has one of the addresses, or if
 * the detection does not end while the interface is up.
 */
export async function awaitSettledAddresses(
  { ifname, ips, remedy }: SettlingInterface,
  shown: readonly unknown[],
  options: ApplyOptions,
): Promise<void> {
  const mustSettle = ips.some((ip) => ip.gateway?.includes(":") ?? false);
  if (!mustSettle) return;
  const deadline = performance.now() + SETTLE_TIMEOUT_MS;
  const given = new Set(ips.map((ip) => formatCidr(parseCidr(ip.address))));
  let intervalMs: number = SETTLE_INTERVAL_MS.min;
  let link = shown.flatMap(parseLinks)[0];
  for (;;) {
    refuseDuplicates(link);
    const isTentative = link?.addresses.some((one) =>
      one.isTentative && given.has(formatCidr(one.cidr))
    );
    if (!isTentative) return;
    if (performance.now() > deadline) break;
    await sleep(intervalMs);
    intervalMs = Math.min(intervalMs * 1.5, SETTLE_INTERVAL_MS.max);
    const again = await applySteps([showStep(ifname)], options);
    link = again.flatMap(parseLinks)[0];
  }
  if (link?.operState !== "UP") return;
  throw new CniError(CniCode.Internal, `Cannot settle IPv6 on "${ifname}"`, {
    details: "duplicate address detection is not done after " +
      `${SETTLE_TIMEOUT_MS / 1000} seconds, as on a node that is overloaded: ` +
      `try again, or ${remedy}`,
  });
}

/** Waits some milliseconds. */
export function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}

function refuseDuplicates(link: Link | undefined): void {
  const duplicate = link?.addresses.find((one) => one.isDuplicate);
  if (duplicate === undefined) return;
  const address = formatCidr(duplicate.cidr);
  throw new CniError(CniCode.Internal, `Cannot use address ${address}`, {
    details: `another node on the network has ${address}: duplicate address ` +
      "detection has failed",
  });
}
