import {
  type Address,
  formatAddress,
  parseAddress,
} from "../../../lib/net/mod.ts";
import type { NftRule } from "../../../lib/firewall/mod.ts";
import { type Forwarding, mappingsOf, type Owner } from "./forwarding.ts";
import { type MappedPort, rivalSentence } from "./mapped_port.ts";
import { overlaps, PROTOCOLS } from "./mapping.ts";
import { nftComment } from "./nft_rules.ts";
import type { PortRange } from "./port_range.ts";

/** What a rule of the table says of a container. */
export interface NftMapping {
  /** The container's address that the rule is about; absent if of none. */
  readonly address?: string;
  /** The port that it maps; absent if it only masquerades. */
  readonly port?: MappedPort;
}

/**
 * The rules of an owner.
 *
 * @param addresses The container's addresses in the owner's network, since the
 * rules themselves do not tell the network; all networks' if absent.
 */
export function ownNftRules(
  owner: Owner,
  rules: readonly NftRule[],
  addresses?: readonly Address[],
): readonly NftRule[] {
  const comment = nftComment(owner);
  const texts = addresses?.map(formatAddress);
  return rules.filter((rule) =>
    rule.comment === comment &&
    (texts?.includes(readNftRule(rule).address ?? "") ?? true)
  );
}

/**
 * What of a forwarding is another container's already, which keeps it, as its
 * rules come first.
 *
 * @returns A sentence for each port.
 */
export function nftRivalsOf(
  forwarding: Forwarding,
  rules: readonly NftRule[],
): readonly string[] {
  const comment = nftComment(forwarding);
  const wanted = mappingsOf(forwarding);
  return rules.filter((rule) => rule.comment && rule.comment !== comment)
    .flatMap((rule) => {
      const { port } = readNftRule(rule);
      if (port === undefined) return [];
      if (!wanted.some((one) => overlaps(one, port))) return [];
      return [rivalSentence(port, `container "${rule.comment}"`)];
    });
}

/** Reads a rule of the table, of whatever chain. */
export function readNftRule({ expr }: NftRule): NftMapping {
  const value = matchesIn(expr);
  const daddr = value("daddr")?.value;
  const dnat = expr.find((one) => "dnat" in one)?.dnat as Json;
  if (typeof dnat?.addr !== "string") {
    return typeof daddr === "string" ? { address: daddr } : {};
  }
  const { family } = parseAddress(dnat.addr);
  const address = formatAddress(parseAddress(dnat.addr));
  const dport = value("dport");
  const protocol = PROTOCOLS.find((one) => one === dport?.protocol);
  if (protocol === undefined) return { address };
  const hostPort = Number(dport?.value);
  const containerPort = Number(dnat.port);
  const port = { protocol, hostPort, containerPort, family, address };
  return typeof daddr === "string"
    ? { address, port: { ...port, hostIp: parseAddress(daddr) } }
    : { address, port };
}

/**
 * The mapped ports by which a packet must have come for a rule to masquerade
 * it; `undefined` for a rule of the Go plugin, which does not ask.
 */
export function readNftMasquerade({ expr }: NftRule): PortRange | undefined {
  const value = matchesIn(expr);
  const protocol = PROTOCOLS.find((one) => one === value("l4proto")?.value);
  const ports = value("proto-dst")?.value;
  if (protocol === undefined || ports === undefined) return undefined;
  const { range = [ports, ports] } = Object(ports) as { range?: unknown[] };
  const [first, last] = range.map(Number) as [number, number];
  const daddr = value("ip daddr")?.value ?? value("ip6 daddr")?.value;
  return typeof daddr === "string"
    ? { protocol, first, last, hostIp: parseAddress(daddr) }
    : { protocol, first, last };
}

type Json = Readonly<Record<string, unknown>> | undefined;

/** A field of a packet or a connection that is compared with a value. */
interface Match {
  readonly protocol: unknown;
  readonly field: unknown;
  readonly value: unknown;
}

/** The last comparison of a field in a rule, since conditions come first. */
function matchesIn(
  expr: NftRule["expr"],
): (field: string) => Match | undefined {
  const matches = expr.flatMap(({ match }) => readMatch(match) ?? []);
  return (field) => matches.findLast((match) => match.field === field);
}

function readMatch(match: unknown): Match | undefined {
  const { op, left, right } = match as NonNullable<Json> ?? {};
  const { payload, ct, meta } = Object(left) as Record<string, Json>;
  const compared = payload ?? ct ?? meta;
  if (compared === undefined || op !== "==") return undefined;
  const { protocol, field = compared.key } = compared;
  return { protocol, field, value: right };
}
