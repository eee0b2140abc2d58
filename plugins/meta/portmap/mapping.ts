import {
  type Address,
  type Family,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import {
  fieldsKey,
  integerKey,
  listKey,
  mappedKey,
  parsedKey,
} from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";

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

const PORT = {
  isRequired: true,
  min: 1,
  max: 65535,
  holds: "integer 1 to 65535",
} as const;

/** The keys of a mapping. */
const MAPPING_KEYS = {
  hostPort: integerKey({ description: "The host's port", ...PORT }),
  containerPort: integerKey({ description: "The container's port", ...PORT }),
  protocol: parsedKey(
    {
      description: "`tcp`, `udp` or `sctp`, in any case",
      isRequired: true,
      isEmptyValue: true,
    },
    '"tcp", "udp" or "sctp"',
    (text) => PROTOCOLS.find((one) => one === text.toLowerCase()),
  ),
  hostIP: parsedKey(
    {
      description: "The host's only address to map. `0.0.0.0` and `::` stand " +
        "for all addresses of their family",
      defaultText: "all",
      holds: "address",
    },
    "an address of the host like 127.0.0.1",
    parseHostIp,
  ),
};

const MAPPING = mappedKey(
  fieldsKey(MAPPING_KEYS, {
    description: "A port of the host that leads to one of the container",
  }),
  ({ hostIP, ...ports }): PortMapping => ({ ...ports, ...hostIP }),
);

/** What a runtime may ask of portmap. */
export const PORTMAP_CAPABILITIES = {
  portMappings: mappedKey(
    listKey(MAPPING, {
      description: "The ports to map",
      holds: "list of objects",
    }),
    refuseContradictions,
  ),
};

function refuseContradictions(
  mappings: readonly PortMapping[],
  path: string,
): readonly PortMapping[] {
  const byPort = new Map<string, PortMapping[]>();
  for (const [index, mapping] of mappings.entries()) {
    const key = `${mapping.protocol} ${mapping.hostPort}`;
    const others = byPort.get(key) ?? [];
    const rival = others.find((one) => isContradiction(one, mapping));
    if (rival !== undefined) {
      throw contradiction(`${path}[${index}].hostPort`, rival, mapping);
    }
    byPort.set(key, [...others, mapping]);
  }
  return mappings;
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

function parseHostIp(text: string): Pick<HostPort, "family" | "hostIp"> {
  const hostIp = parseAddress(text);
  const { family } = hostIp;
  const isAny = ["0.0.0.0", "::"].includes(formatAddress(hostIp));
  return isAny ? { family } : { family, hostIp };
}

// Two ways to one port of the container are no contradiction: both hold.
function isContradiction(a: PortMapping, b: PortMapping): boolean {
  return overlaps(a, b) && a.containerPort !== b.containerPort;
}

function contradiction(
  path: string,
  rival: PortMapping,
  mapping: PortMapping,
): CniError {
  return new CniError(CniCode.InvalidConfig, `Cannot use ${path}`, {
    details: `${path} is ${mapping.hostPort}: ${formatHostPort(mapping)} is ` +
      `to lead to port ${mapping.containerPort} of the container, but ` +
      `${formatHostPort(rival)} leads to port ${rival.containerPort}: map ` +
      "each port of the host once",
  });
}
