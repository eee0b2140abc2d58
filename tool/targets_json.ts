import type { JsonObject } from "../lib/spec/mod.ts";
import { jsonText } from "../terminal/mod.ts";
import type { Target } from "./targets.ts";

/** What a command has to tell of a target. */
export type TargetReport = readonly [Target, JsonObject];

/** Writes what was done with each target, for programs. */
export function targetsJson(
  command: string,
  reports: readonly TargetReport[],
): string {
  const networks = reports.map(([{ network, attachment }, report]) => ({
    network: network.name,
    containerId: attachment.containerId,
    netns: attachment.netns,
    ifname: attachment.ifname,
    ...report,
  }));
  return `${jsonText({ command, networks })}\n`;
}
