import { formatAddress } from "../../../lib/net/mod.ts";
import {
  isSafeWord,
  parseShown,
  type Run,
  type SysctlStep,
  sysctlStep,
} from "../../../lib/linux/mod.ts";
import type { Forwarding } from "./forwarding.ts";

/**
 * The step by which the host reaches the container by 127.0.0.1: the interface
 * towards the container has to take addresses of localhost.
 *
 * @returns None if no IPv4 port is mapped, the host is not to reach it, or has
 * no route to the container.
 */
export async function localnetSteps(
  forwardings: readonly Forwarding[],
  run: Run,
): Promise<readonly SysctlStep[]> {
  const forwarding = forwardings.find((one) => one.family === 4);
  if (!forwarding?.config.snat) return [];
  const address = formatAddress(forwarding.target.address);
  const args = ["-j", "route", "get", address];
  const { status, stdout } = await run({ program: "ip", args });
  if (status !== 0) return [];
  const [route] = parseShown(stdout).flat() as readonly { dev?: string }[];
  const device = route?.dev ?? "";
  if (!isSafeWord(device)) return [];
  const key = `net/ipv4/conf/${device}/route_localnet`;
  return [sysctlStep("host", key, "1")];
}
