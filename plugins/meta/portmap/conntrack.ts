import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import { type Forwarding, mappingsOf } from "./forwarding.ts";
import type { PortMapping } from "./mapping.ts";

/** One direction of a connection, as the kernel sees its packets. */
export interface Tuple {
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePort: number;
  readonly destinationPort: number;
}

/** A connection that the kernel follows. */
export interface Connection {
  /** What is asked. */
  readonly original: Tuple;
  /** What answers, if it does, looks so on its way to the host. */
  readonly reply: Tuple;
}

/** The words of one call of `conntrack`. */
export type Words = readonly string[];

/** Reads lines of `conntrack -L`, or of `/proc/net/nf_conntrack`. */
export function parseConnections(text: string): readonly Connection[] {
  return text.split("\n").flatMap((line) => {
    const [original, reply] = [...line.matchAll(TUPLE)].map(readTuple);
    const isUdp = /(^| )udp /.test(line);
    return isUdp && original && reply ? [{ original, reply }] : [];
  });
}

const TUPLE = /src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g;

function readTuple(match: RegExpMatchArray): Tuple {
  const [, source = "", destination = "", sourcePort, destinationPort] = match;
  return {
    source: parseAddress(source),
    destination: parseAddress(destination),
    sourcePort: Number(sourcePort),
    destinationPort: Number(destinationPort),
  };
}

/**
 * What deletes the UDP connections that keep packets from a mapped port: those
 * that came by it before it was mapped, and those that a container began from
 * it, such as one that answered when its own ports were not mapped any more.
 *
 * @returns A line for each port and kind of which there are any.
 */
export function staleDeletions(
  forwardings: readonly Forwarding[],
  connections: readonly Connection[],
): readonly Words[] {
  const lines = forwardings.flatMap((forwarding) => {
    const ofFamily = connections.filter(({ original }) =>
      original.source.family === forwarding.family
    );
    const byPort = Map.groupBy(
      udpMappingsOf(forwarding),
      ({ hostPort }) => hostPort,
    );
    const at = (port: number) => byPort.get(port) ?? [];
    return ofFamily.flatMap((connection) => {
      const { original, reply } = connection;
      return [
        ...at(original.destinationPort).filter((mapping) =>
          isOf(mapping, original.destination) &&
          !leadsTo(forwarding, mapping, reply)
        ).map((mapping) => deletionsOf(forwarding, mapping)[0]),
        ...at(reply.destinationPort).filter((mapping) =>
          isOf(mapping, reply.destination) && isSourceMapped(connection)
        ).map((mapping) => deletionsOf(forwarding, mapping)[1]),
      ];
    });
  });
  return distinct(lines);
}

/** All that {@linkcode staleDeletions} may return, for a plan. */
export function possibleDeletions(
  forwardings: readonly Forwarding[],
): readonly Words[] {
  return distinct(
    forwardings.flatMap((forwarding) =>
      udpMappingsOf(forwarding).flatMap((mapping) =>
        deletionsOf(forwarding, mapping)
      )
    ),
  );
}

/** The ports of UDP that are mapped. */
export function udpMappingsOf(
  forwarding: Forwarding,
): readonly PortMapping[] {
  return mappingsOf(forwarding).filter(({ protocol }) => protocol === "udp");
}

/** By what was asked for, and by what an answer comes to. */
function deletionsOf(
  { family }: Forwarding,
  { hostPort, hostIp }: PortMapping,
): readonly [Words, Words] {
  const host = (option: string) =>
    hostIp === undefined ? [] : [option, formatAddress(hostIp)];
  const all = ["-D", "-f", `ipv${family}`, "-p", "udp"];
  return [
    [...all, "--orig-port-dst", `${hostPort}`, ...host("--orig-dst")],
    [
      ...[...all, "--src-nat", "--reply-port-dst", `${hostPort}`],
      ...host("--reply-dst"),
    ],
  ];
}

function isOf({ hostIp }: PortMapping, address: Address): boolean {
  return hostIp === undefined || isSame(hostIp, address);
}

function leadsTo(
  { target }: Forwarding,
  { containerPort }: PortMapping,
  { source, sourcePort }: Tuple,
): boolean {
  return sourcePort === containerPort && isSame(source, target.address);
}

function isSourceMapped({ original, reply }: Connection): boolean {
  return !isSame(original.source, reply.destination) ||
    original.sourcePort !== reply.destinationPort;
}

function isSame(a: Address, b: Address): boolean {
  return formatAddress(a) === formatAddress(b);
}

function distinct(lines: readonly Words[]): readonly Words[] {
  return [...new Map(lines.map((words) => [words.join(" "), words])).values()];
}
