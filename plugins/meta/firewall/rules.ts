import { type Address, formatAddress } from "../../../lib/net/mod.ts";

/** The chains of table `filter`, by the reference's names. */
export const FORWARD_CHAIN = "CNI-FORWARD";
export const ISOLATION_STAGE_1 = "CNI-ISOLATION-STAGE-1";
export const ISOLATION_STAGE_2 = "CNI-ISOLATION-STAGE-2";

/**
 * The chain that says whose the addresses are. Nothing leads to it: the rules
 * of {@linkcode FORWARD_CHAIN} must be those of the reference to the letter, or
 * it could not delete them, so they cannot tell themselves.
 */
export const OWNERS_CHAIN = "CNI-FORWARD-OWNERS";

const PLUGIN_COMMENT = "CNI firewall plugin rules";

/** The comments that rules bear. */
export const COMMENTS = {
  forward: PLUGIN_COMMENT,
  admin: "CNI firewall plugin admin overrides",
  isolation: `${PLUGIN_COMMENT} (ingressPolicy: same-bridge|isolated)`,
  sameBridge: `${PLUGIN_COMMENT} (ingressPolicy: same-bridge)`,
  isolated: `${PLUGIN_COMMENT} (ingressPolicy: isolated)`,
} as const;

/** Chains and targets that no administrator's chain can have the name of. */
const TAKEN_NAMES = new Set<string>([
  ...["INPUT", "FORWARD", "OUTPUT", "ACCEPT", "DROP", "QUEUE", "RETURN"],
  ...["AUDIT", "CHECKSUM", "CLASSIFY", "CLUSTERIP", "CONNMARK", "CONNSECMARK"],
  ...["CT", "DNAT", "DNPT", "DSCP", "ECN", "HL", "HMARK", "IDLETIMER", "LED"],
  ...["LOG", "MARK", "MASQUERADE", "NETMAP", "NFLOG", "NFQUEUE", "NOTRACK"],
  ...["RATEEST", "REDIRECT", "REJECT", "SECMARK", "SET", "SNAT", "SNPT"],
  ...["SYNPROXY", "TCPMSS", "TCPOPTSTRIP", "TEE", "TOS", "TPROXY", "TRACE"],
  ...["TTL", "ULOG"],
  ...[FORWARD_CHAIN, ISOLATION_STAGE_1, ISOLATION_STAGE_2, OWNERS_CHAIN],
]);

/** Whether a chain's name has a meaning already. */
export function isOwnChain(name: string): boolean {
  return TAKEN_NAMES.has(name);
}

/** An address as rules name it: `10.1.2.3/32`. */
export function hostCidr(address: Address): string {
  return `${formatAddress(address)}/${address.family === 4 ? 32 : 128}`;
}

/**
 * The rules that let an address pass: what answers it, and what it sends. Each
 * is what follows the chain's name in `iptables -S`, without a comment.
 */
export function acceptRules(address: Address): readonly string[] {
  return acceptRulesFor(hostCidr(address));
}

/** As {@linkcode acceptRules}, for the text of {@linkcode hostCidr}. */
export function acceptRulesFor(cidr: string): readonly string[] {
  return [
    `-d ${cidr} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
    `-s ${cidr} -j ACCEPT`,
  ];
}

/** A rule that belongs to a bridge that is kept apart. */
export interface IsolationRule {
  readonly chain: string;
  /** What follows the chain's name, without a comment. */
  readonly spec: string;
  readonly comment: string;
  /** Whether it goes before the rules that are there, or after them. */
  readonly isFirst: boolean;
}

/**
 * The rules that keep a bridge's containers from being reached, in the order in
 * which they are made: from other bridges, and if `isolated`, from their own.
 */
export function isolationRules(
  bridge: string,
  policy: "same-bridge" | "isolated",
): readonly IsolationRule[] {
  const [one, two] = [ISOLATION_STAGE_1, ISOLATION_STAGE_2];
  const { isolation, isolated, sameBridge } = COMMENTS;
  const comment = policy === "isolated" ? isolated : sameBridge;
  const first = (chain: string, spec: string, comment: string) => ({
    ...{ chain, spec, comment, isFirst: true },
  });
  const last = (chain: string) => ({
    ...{ chain, spec: "-j RETURN", comment: isolation, isFirst: false },
  });
  return [
    first(one, `-i ${bridge} ! -o ${bridge} -j ${two}`, comment),
    ...(policy === "isolated"
      ? [first(one, `-i ${bridge} -o ${bridge} -j DROP`, comment)]
      : []),
    last(one),
    first(two, `-o ${bridge} -j DROP`, isolation),
    last(two),
  ];
}
