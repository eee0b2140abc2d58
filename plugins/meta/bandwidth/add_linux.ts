import { applySteps, type Run, withUndo } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import type { BandwidthConfig } from "./config.ts";
import { findRemains, readFacts } from "./facts_linux.ts";
import { type Ifb, ifbOf } from "./ifb.ts";
import { planLimits } from "./plan.ts";

/** The Ethernet header that counts as part of a packet. */
const HEADER_BYTES = 14;

/**
 * Sets the limits (CNI 1.1.0, section 2, "ADD"), in place of those that an
 * earlier ADD for the same attachment has set.
 */
export async function addLimits(
  request: Request,
  context: Context,
  { config, prevResult, run }: {
    readonly config: BandwidthConfig;
    readonly prevResult: Result;
    readonly run: Run;
  },
): Promise<Result> {
  const facts = await readFacts(request, prevResult, run);
  const { name: hostName, mtuBytes } = facts.host;
  warnOfSmallBurst(config, mtuBytes, context);
  const [ifb, remains] = await Promise.all([
    ifbOf(request),
    findRemains(request, config, { facts, run }),
  ]);
  const steps = planLimits({ config, hostName, mtuBytes, ifb, remains });
  await withUndo(async (undo) => {
    await applySteps(steps, { netns: request.netns, run, undo });
  }, (message) => context.warn(message));
  return resultOf(prevResult, config, ifb);
}

/** The result: the link that traffic goes through comes last. */
export function resultOf(
  prevResult: Result,
  { egress }: BandwidthConfig,
  { name, mac }: Ifb,
): Result {
  if (egress === undefined) return prevResult;
  const { interfaces = [] } = prevResult;
  const others = interfaces.filter((one) => one.sandbox || one.name !== name);
  return { ...prevResult, interfaces: [...others, { name, mac }] };
}

/** A packet that is larger than the bucket never gets enough tokens. */
function warnOfSmallBurst(
  { ingress, egress }: BandwidthConfig,
  mtuBytes: number,
  context: Context,
): void {
  for (const [direction, limit] of Object.entries({ ingress, egress })) {
    if (limit === undefined) continue;
    const packetBytes = mtuBytes + HEADER_BYTES;
    if (limit.burstBytes >= packetBytes) continue;
    context.warn(
      `${direction}Burst is ${limit.burstBytes * 8} bits: packets that are ` +
        `larger are dropped, and the largest have ${packetBytes * 8}`,
    );
  }
}
