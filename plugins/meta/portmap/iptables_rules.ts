import {
  type Family,
  formatAddress,
  formatCidr,
  networkOf,
} from "../../../lib/net/mod.ts";
import { quoteIptables, splitIptables } from "../../../lib/firewall/mod.ts";
import { type Forwarding, mappingsOf } from "./forwarding.ts";
import { commentMatch, type IptablesOwner } from "./iptables_owner.ts";
import type { PortMapping } from "./mapping.ts";

/** The chains of the `nat` table that all containers share. */
export const SHARED = {
  dnat: "CNI-HOSTPORT-DNAT",
  setMark: "CNI-HOSTPORT-SETMARK",
  masquerade: "CNI-HOSTPORT-MASQ",
} as const;

/** A rule that all containers share, and what tells it in a listing. */
export interface SharedRule {
  readonly chain: string;
  /** Without the chain. */
  readonly rule: string;
  /** Whether a rule of the chain, by its words, does the same. */
  readonly isSame: (words: readonly string[]) => boolean;
  /** Whether it goes before what is in the chain. */
  readonly isFirst?: boolean;
  /** Whether the Go plugin makes none of the kind, so that none is missed. */
  readonly isOurs?: boolean;
}

/** How many ports the kernel's `multiport` match takes. */
const MAX_PORTS = 15;

const LOCALHOST = "127.0.0.1/32";

/**
 * Nothing leads from ::1 to another interface: what asks for it is left to the
 * host's own programs, or refused by it at once.
 */
const LEAVE_LOCALHOST: SharedRule = {
  chain: SHARED.dnat,
  rule: "-d ::1/128 -j RETURN",
  isSame: (words) => words.slice(1).join(" ") === "-d ::1/128 -j RETURN",
  isFirst: true,
  isOurs: true,
};

/** The rules that a forwarding shares with all others, in the order to add. */
export function sharedRules(
  { config, family }: Forwarding,
): readonly SharedRule[] {
  const { snat, externalSetMarkChain, mark } = config;
  const hasOwnMark = snat && externalSetMarkChain === undefined;
  return [
    ...(hasOwnMark ? markRules(`0x${mark.toString(16)}`) : []),
    ...["PREROUTING", "OUTPUT"].map((chain) => ({
      chain,
      rule: `-m addrtype --dst-type LOCAL -j ${SHARED.dnat}`,
      isSame: (words: readonly string[]) =>
        has(words, "--dst-type", "LOCAL") && has(words, "-j", SHARED.dnat),
    })),
    ...(family === 6 ? [LEAVE_LOCALHOST] : []),
  ];
}

/** The shared rules that a table lacks. */
export function missingShared(
  wanted: readonly SharedRule[],
  rules: readonly string[],
): readonly SharedRule[] {
  return wanted.filter(({ chain, isSame }) =>
    !rules.some((rule) =>
      rule.startsWith(`${chain} `) && isSame(splitIptables(rule))
    )
  );
}

/**
 * The rules of the container's own chain, without its name, as `iptables -S`
 * prints them.
 */
export function chainRules(forwarding: Forwarding): readonly string[] {
  const { config: { snat }, target } = forwarding;
  const rules = mappingsOf(forwarding).flatMap((mapping) => {
    const { protocol, hostPort, containerPort, hostIp } = mapping;
    const match = `-p ${protocol} -m ${protocol} --dport ${hostPort}`;
    const to = hostIp === undefined ? "" : `-d ${hostCidr(hostIp)} `;
    const address = formatAddress(target.address);
    const host = target.address.family === 4 ? address : `[${address}]`;
    return [
      ...(snat ? markedSources(forwarding) : []).map(({ source, chain }) =>
        `${source}${to}${match} -j ${chain}`
      ),
      `${to}${match} -j DNAT --to-destination ${host}:${containerPort}`,
    ];
  });
  return [...new Set(rules)];
}

/**
 * The rules that lead into the container's own chain. Those of a family list
 * the ports of both, as the Go plugin's do, whose CHECK compares them.
 */
export function entryRules(
  { config, family }: Forwarding,
  { chain, comment }: IptablesOwner,
): readonly string[] {
  const conditions = config.conditions[family].map((word) =>
    ` ${quoteIptables(word)}`
  ).join("");
  const protocols = [
    ...new Set(config.mappings.map(({ protocol }) => protocol)),
  ];
  return protocols.sort().flatMap((protocol) =>
    portGroups(config.mappings.filter((one) => one.protocol === protocol))
      .map((ports) =>
        `-p ${protocol} ${commentMatch(comment)} -m multiport ` +
        `--dports ${ports.join(",")}${conditions} -j ${chain}`
      )
  );
}

function markRules(mark: string): readonly SharedRule[] {
  const masked = `${mark}/${mark}`;
  return [
    {
      chain: SHARED.setMark,
      rule: `${commentMatch("CNI portfwd masquerade mark")} -j MARK ` +
        `--set-xmark ${masked}`,
      isSame: (words) => has(words, "--set-xmark", masked),
    },
    {
      chain: SHARED.masquerade,
      rule: `-m mark --mark ${masked} -j MASQUERADE`,
      isSame: (words) =>
        has(words, "--mark", masked) && has(words, "-j", "MASQUERADE"),
    },
    {
      chain: "POSTROUTING",
      rule: `${commentMatch("CNI portfwd requiring masquerade")} -j ` +
        SHARED.masquerade,
      isSame: (words) => has(words, "-j", SHARED.masquerade),
      isFirst: true,
    },
  ];
}

/** Whose packets are masqueraded, and the chain that marks them. */
function markedSources(
  { config, target, family }: Forwarding,
): readonly { source: string; chain: string }[] {
  const { masqAll, externalSetMarkChain } = config;
  const chain = externalSetMarkChain ?? SHARED.setMark;
  const own = formatCidr(networkOf(target));
  // Nothing routes ::1 to another interface.
  const sources = family === 4 ? [own, LOCALHOST] : [own];
  const matches = masqAll ? [""] : sources.map((source) => `-s ${source} `);
  return matches.map((source) => ({ source, chain }));
}

function hostCidr(address: NonNullable<PortMapping["hostIp"]>): string {
  const bits: Record<Family, number> = { 4: 32, 6: 128 };
  return `${formatAddress(address)}/${bits[address.family]}`;
}

function portGroups(
  mappings: readonly PortMapping[],
): readonly (readonly number[])[] {
  const ports = mappings.map(({ hostPort }) => hostPort);
  const count = Math.ceil(ports.length / MAX_PORTS);
  return Array.from(
    { length: count },
    (_, index) => ports.slice(index * MAX_PORTS, (index + 1) * MAX_PORTS),
  );
}

/** Whether an option stands among the words with this value, not negated. */
function has(words: readonly string[], option: string, value: string): boolean {
  return words.some((word, index) =>
    word === option && words[index + 1] === value && words[index - 1] !== "!"
  );
}
