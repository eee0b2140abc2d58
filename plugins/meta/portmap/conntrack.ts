import { formatAddress } from "../../../lib/net/mod.ts";
import { type Forwarding, mappingsOf } from "./forwarding.ts";

/**
 * The words for `conntrack` that delete the UDP connections which came by a
 * mapped port before it was mapped: the kernel would go on sending them where
 * they went then. A line for each port.
 */
export function staleConnections(
  forwardings: readonly Forwarding[],
): readonly (readonly string[])[] {
  return forwardings.flatMap((forwarding) => {
    const lines = udpMappingsOf(forwarding).map(({ hostPort, hostIp }) => {
      const to = hostIp === undefined
        ? []
        : ["--orig-dst", formatAddress(hostIp)];
      const { family } = forwarding;
      return [
        ...["-D", "-f", `ipv${family}`, "-p", "udp"],
        ...["--orig-port-dst", `${hostPort}`, ...to],
      ];
    });
    return [
      ...new Map(lines.map((words) => [words.join(" "), words])).values(),
    ];
  });
}

/**
 * A regular expression for the lines of `/proc/net/nf_conntrack` that tell of
 * such connections.
 */
export function stalePattern(forwardings: readonly Forwarding[]): string {
  return forwardings.flatMap((forwarding) => {
    const ports = udpMappingsOf(forwarding).map(({ hostPort }) => hostPort);
    return ports.length === 0 ? [] : [
      `^ipv${forwarding.family} .* udp .* dport=(${ports.join("|")}) .* src=`,
    ];
  }).join("|");
}

function udpMappingsOf(forwarding: Forwarding) {
  return mappingsOf(forwarding).filter(({ protocol }) => protocol === "udp");
}
