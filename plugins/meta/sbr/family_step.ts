import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";
import type { Family } from "../../../lib/net/mod.ts";

/** A step in the container, by `ip` or `ip -6`: rules need the family. */
export function familyStep(
  family: Family,
  purpose: string,
  words: readonly string[],
): IpStep {
  const program = family === 4 ? "ip" : "ip -6";
  return { ...ipStep("sandbox", purpose, words), program };
}
