import type { NftRule } from "../../../lib/firewall/mod.ts";
import { formatAddress } from "../../../lib/net/mod.ts";
import { type Forwarding, mappingsOf } from "./forwarding.ts";
import { formatHostPort } from "./mapping.ts";
import { ownNftRules, readNftRule } from "./nft_read.ts";

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
  const { config: { snat, masqAll }, family, target } = forwarding;
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
  const masquerades = own.filter(({ chain }) => chain === "masquerading");
  const wanted = !snat ? 0 : masqAll || family === 6 ? 1 : 2;
  return [
    ...jumps,
    ...missing,
    ...masquerades.length < wanted
      ? [`all rules that masquerade what goes to ${address}`]
      : [],
  ];
}

function leadsTo({ expr }: NftRule, target: string): boolean {
  return expr.some(({ jump }) =>
    (jump as { target?: string } | undefined)?.target === target
  );
}
