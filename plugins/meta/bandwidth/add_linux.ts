import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { type Executor, noteAttachment } from "../../shared/chained/mod.ts";
import type { BandwidthConfig } from "./config.ts";
import { findPlace } from "./facts_linux.ts";
import { type Ifb, ifbOf } from "./ifb.ts";
import { bandwidthNotes } from "./notes.ts";
import { readInput } from "./read_input.ts";
import { limitSteps } from "./steps.ts";

/** The Ethernet header that counts as part of a packet. */
const HEADER_BYTES = 14;

/**
 * Sets the limits (CNI 1.1.0, section 2, "ADD"), in place of those that an
 * earlier ADD for the same attachment has set. Without any, nothing is started.
 */
export async function addLimits(
  request: Request,
  executor: Executor,
): Promise<Result> {
  const { isPlanning, run, apply, warn } = executor;
  const input = readInput(request);
  const { config, prevResult } = input;
  if ((config.ingress ?? config.egress) === undefined) return prevResult;
  const find = isPlanning
    ? (await import("./predicted_place_linux.ts")).findOrPredictPlace
    : findPlace;
  const [ifb, place] = await Promise.all([
    ifbOf(request),
    find(request, input, run),
  ]);
  warnOfSmallBurst(config, place.mtuBytes, warn);
  await noteAttachment(request, bandwidthNotes, executor);
  await apply(limitSteps({ config, ifb, ...place }));
  return resultOf(prevResult, config, ifb);
}

/** The result: the link that traffic goes through comes last. */
function resultOf(
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
  warn: (message: string) => void,
): void {
  for (const [direction, limit] of Object.entries({ ingress, egress })) {
    if (limit === undefined) continue;
    const packetBytes = mtuBytes + HEADER_BYTES;
    if (limit.burstBytes >= packetBytes) continue;
    warn(
      `${direction}Burst is ${limit.burstBytes * 8} bits: packets that are ` +
        `larger are dropped, and the largest have ${packetBytes * 8}`,
    );
  }
}
