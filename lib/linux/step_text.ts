import type { Step } from "./step.ts";
import { quote } from "./quote.ts";

/**
 * A step as a person would type it.
 *
 * @param netns Path of the container's network namespace.
 *
 * @example A step in the container
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ipStep } from "./step.ts";
 * const step = ipStep("sandbox", "set it up", ["link", "set", "dev", "lo", "up"]);
 * assertEquals(
 *   stepText(step, "/run/netns/a"),
 *   "nsenter --net=/run/netns/a ip link set dev lo up",
 * );
 * ```
 */
export function stepText(step: Step, netns: string): string {
  const command = step.kind === "ip"
    ? [step.program ?? "ip", ...step.words].join(" ")
    : `sysctl -w ${step.key}=${step.value}`;
  return step.place === "host" ? command : sandboxText(command, netns);
}

/** A command as a person would type it to run in the container's namespace. */
export function sandboxText(command: string, netns: string): string {
  return `nsenter --net=${quote(netns)} ${command}`;
}
