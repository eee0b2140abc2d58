import type { NftRule } from "../../../lib/firewall/mod.ts";
import { formatAddress } from "../../../lib/net/mod.ts";
import { type Forwarding, mappingsOf } from "./forwarding.ts";
import { formatHostPort } from "./mapping.ts";
import { ownNftRules, readNftMasquerade, readNftRule } from "./nft_read.ts";
import { isInRange } from "./port_range.ts";

/** The jumps that all containers share: the chain, and where it leads. */
const JUMPS = [
  ["prerouting", "hostports_all"],
  ["output", "hostports_all"],
  ["hostports_all", "hostports"],
] as const;

/**
 * What of a forwarding a table lacks, each as a person reads it. Conditions are
 * not compared.
 */
export function missingNftRules(
  forwarding: Forwarding,
  rules: readonly NftRule[],
): readonly string[] {
  const { family, target } = forwarding;
  const address = formatAddress(target.address);
  const own = ownNftRules(forwarding, rules, [target.address]);
  const ports = own.flatMap((rule) => readNftRule(rule).port ?? []);
  const present = new Set(
    ports.map((port) =>
      `${formatHostPort({ family, ...port })} to ${port.containerPort}`
    ),
  );
  const jumps = JUMPS.filter(([chain, target]) =>
    !rules.some((rule) => rule.chain === chain && leadsTo(rule, target))
  ).map(([chain, target]) => `the jump from ${chain} to ${target}`);
  const missing = mappingsOf(forwarding).map((mapping) =>
    `${formatHostPort({ ...mapping, family })} to ${mapping.containerPort}`
  ).filter((text) => !present.has(text))
    .map((text) => `the rule for ${text} of ${address}`);
  return [
    ...jumps,
    ...missing,
    ...isMasqueraded(forwarding, own)
      ? []
      : [`all rules that masquerade what goes to ${address}`],
  ];
}

/** By our rules, which name the ports, or by those of the Go plugin. */
function isMasqueraded(
  forwarding: Forwarding,
  own: readonly NftRule[],
): boolean {
  const { config: { snat, masqAll }, family } = forwarding;
  if (!snat) return true;
  const rules = own.filter(({ chain }) => chain === "masquerading")
    .map(readNftMasquerade);
  const ranges = rules.filter((range) => range !== undefined);
  const wanted = masqAll || family === 6 ? 1 : 2;
  return rules.length - ranges.length >= wanted ||
    mappingsOf(forwarding).every((port) =>
      ranges.some((range) => isInRange(port, range))
    );
}

function leadsTo({ expr }: NftRule, target: string): boolean {
  return expr.some(({ jump }) =>
    (jump as { target?: string } | undefined)?.target === target
  );
}
