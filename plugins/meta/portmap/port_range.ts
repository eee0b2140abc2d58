import { type Address, formatAddress } from "../../../lib/net/mod.ts";
import type { HostPort, Protocol } from "./mapping.ts";

/** Ports of the host that follow each other, from the first to the last. */
export interface PortRange {
  readonly protocol: Protocol;
  readonly first: number;
  readonly last: number;
  /** The only address of the host that is meant; absent for all of them. */
  readonly hostIp?: Address;
}

/**
 * The fewest ranges that hold all ports and no others, by protocol, address and
 * number. Families are not told apart.
 */
export function portRanges(ports: readonly HostPort[]): readonly PortRange[] {
  const groups = Map.groupBy(
    ports,
    ({ protocol, hostIp }) =>
      `${protocol} ${hostIp === undefined ? "" : formatAddress(hostIp)}`,
  );
  return [...groups.values()].flatMap(rangesOf);
}

function rangesOf(group: readonly HostPort[]): readonly PortRange[] {
  const [{ protocol, hostIp }] = group as [HostPort];
  const host = hostIp === undefined ? {} : { hostIp };
  const numbers = group.map(({ hostPort }) => hostPort).sort((a, b) => a - b);
  const ranges: { first: number; last: number }[] = [];
  for (const port of numbers) {
    const range = ranges.at(-1);
    if (range !== undefined && port <= range.last + 1) range.last = port;
    else ranges.push({ first: port, last: port });
  }
  return ranges.map((range) => ({ protocol, ...range, ...host }));
}

/** Whether a range holds a port, of the addresses of the host that it names. */
export function isInRange(
  { protocol, hostPort, hostIp }: HostPort,
  range: PortRange,
): boolean {
  return protocol === range.protocol && range.first <= hostPort &&
    hostPort <= range.last &&
    (range.hostIp === undefined ||
      hostIp !== undefined &&
        formatAddress(hostIp) === formatAddress(range.hostIp));
}
