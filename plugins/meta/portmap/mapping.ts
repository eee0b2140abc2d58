import {
  type Address,
  type Family,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import { CniCode, CniError, type Fields } from "../../../lib/spec/mod.ts";

/** The protocols whose ports can be mapped. */
export const PROTOCOLS = ["tcp", "udp", "sctp"] as const;

/** A protocol that has ports. */
export type Protocol = typeof PROTOCOLS[number];

/** Where a packet arrives: one port of the host. */
export interface HostPort {
  readonly protocol: Protocol;
  readonly hostPort: number;
  /** The only family that is meant; absent for both. */
  readonly family?: Family;
  /** The only address of the host that is meant; absent for all of them. */
  readonly hostIp?: Address;
}

/** A port of the host that leads to one of the container. */
export interface PortMapping extends HostPort {
  readonly containerPort: number;
}

const PORT = { min: 1, max: 65535 } as const;

/**
 * Reads `runtimeConfig.portMappings`.
 *
 * @throws {CniError} Code 7 for a value that will not do, or a port of the host
 * that would lead to two ports of the container.
 */
export function parsePortMappings(
  runtimeConfig: Fields | undefined,
): readonly PortMapping[] {
  const byPort = new Map<string, PortMapping[]>();
  return (runtimeConfig?.fieldsList("portMappings") ?? []).map((item) => {
    const mapping = parseMapping(item);
    const key = `${mapping.protocol} ${mapping.hostPort}`;
    const others = byPort.get(key) ?? [];
    const rival = others.find((one) => isContradiction(one, mapping));
    if (rival !== undefined) throw contradiction(item, rival, mapping);
    byPort.set(key, [...others, mapping]);
    return mapping;
  });
}

/** Whether a mapping is one of a family's. */
export function isOfFamily(port: HostPort, family: Family): boolean {
  return (port.family ?? family) === family;
}

/** Whether a packet could be meant by both. */
export function overlaps(a: HostPort, b: HostPort): boolean {
  if (a.protocol !== b.protocol || a.hostPort !== b.hostPort) return false;
  if (a.family !== undefined && !isOfFamily(b, a.family)) return false;
  return a.hostIp === undefined || b.hostIp === undefined ||
    formatAddress(a.hostIp) === formatAddress(b.hostIp);
}

/** A port as a person writes it: `127.0.0.1:8080/tcp`. */
export function formatHostPort(
  { protocol, hostPort, family, hostIp }: HostPort,
): string {
  const any = family === undefined ? "" : family === 4 ? "0.0.0.0" : "::";
  const host = hostIp === undefined ? any : formatAddress(hostIp);
  const prefix = host.includes(":") ? `[${host}]:` : host && `${host}:`;
  return `${prefix}${hostPort}/${protocol}`;
}

function parseMapping(fields: Fields): PortMapping {
  return {
    protocol: parseProtocol(fields),
    hostPort: parsePort(fields, "hostPort"),
    containerPort: parsePort(fields, "containerPort"),
    ...parseHostIp(fields),
  };
}

function parseProtocol(fields: Fields): Protocol {
  const text = fields.string("protocol")?.toLowerCase();
  const protocol = PROTOCOLS.find((one) => one === text);
  if (protocol !== undefined) return protocol;
  throw fields.invalid("protocol", '"tcp", "udp" or "sctp"');
}

function parsePort(
  fields: Fields,
  key: "hostPort" | "containerPort",
): number {
  const port = fields.integer(key, PORT);
  if (port !== undefined) return port;
  throw fields.invalid(key, `a port from ${PORT.min} to ${PORT.max}`);
}

function parseHostIp(
  fields: Fields,
): Pick<HostPort, "family" | "hostIp"> {
  const text = fields.string("hostIP");
  if (!text) return {};
  try {
    const hostIp = parseAddress(text);
    const { family } = hostIp;
    const isAny = ["0.0.0.0", "::"].includes(formatAddress(hostIp));
    return isAny ? { family } : { family, hostIp };
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw fields.invalid("hostIP", "an address of the host like 127.0.0.1");
  }
}

// Two ways to one port of the container are no contradiction: both hold.
function isContradiction(a: PortMapping, b: PortMapping): boolean {
  return overlaps(a, b) && a.containerPort !== b.containerPort;
}

function contradiction(
  item: Fields,
  rival: PortMapping,
  mapping: PortMapping,
): CniError {
  const path = item.pathOf("hostPort");
  return new CniError(CniCode.InvalidConfig, `Cannot use ${path}`, {
    details: `${path} is ${mapping.hostPort}: ${formatHostPort(mapping)} is ` +
      `to lead to port ${mapping.containerPort} of the container, but ` +
      `${formatHostPort(rival)} leads to port ${rival.containerPort}: map ` +
      "each port of the host once",
  });
}
