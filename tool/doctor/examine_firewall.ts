import type { Run } from "../../lib/linux/mod.ts";
import type { Shown } from "../inventory.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { iptablesVariants } from "./iptables_variants.ts";
import { jsonOf, linesOf } from "./programs.ts";

/**
 * Looks at what others have set up that is in the way of containers: rules in
 * both variants of iptables, and a policy that drops what is forwarded to
 * published ports.
 */
export async function examineFirewall(
  attachments: readonly Shown[],
  run: Run,
): Promise<readonly Diagnosis[]> {
  const isPublished = attachments.some((one) => one.isThere && one.publishes);
  const found = await Promise.all([
    examineVariants("iptables", run),
    examineVariants("ip6tables", run),
    isPublished ? examinePolicy("iptables", run) : [],
    isPublished ? examinePolicy("ip6tables", run) : [],
    isPublished ? examineNftPolicies(run) : [],
  ]);
  return found.flat();
}

async function examineVariants(
  program: string,
  run: Run,
): Promise<readonly Diagnosis[]> {
  const variants = await iptablesVariants(program, run);
  const used: string[] = [];
  for (const variant of variants) {
    if (await hasRules(variant, run)) used.push(variant);
  }
  if (used.length < 2) return [];
  return [{
    status: "warning",
    text: `rules of both ${used.join(" and ")}: each hides from the other, ` +
      "and a packet must pass both",
    remedy: "have all programs use one: update-alternatives --config " +
      `${program}; then remove the rules of the other`,
  }];
}

async function hasRules(program: string, run: Run): Promise<boolean> {
  for (const table of ["filter", "nat"]) {
    const lines = await linesOf(run, program, ["-t", table, "-S"]);
    if (lines.some((line) => line.startsWith("-A "))) return true;
  }
  return false;
}

/** Whether what is forwarded is dropped unless a rule lets it pass. */
async function examinePolicy(
  program: string,
  run: Run,
): Promise<readonly Diagnosis[]> {
  const found = (await iptablesVariants(program, run)).map(
    async (one): Promise<readonly Diagnosis[]> => {
      const rules = await linesOf(run, one, ["-S", "FORWARD"]);
      if (!rules.includes("-P FORWARD DROP")) return [];
      if (rules.some((rule) => /--ctstate DNAT .*-j ACCEPT/.test(rule))) {
        return [];
      }
      const isDocker = rules.some((rule) => rule.includes("DOCKER"));
      const whose = isDocker ? "Docker's policy" : "the policy";
      const chain = rules.some((rule) => rule.endsWith("-j DOCKER-USER"))
        ? "DOCKER-USER"
        : "FORWARD";
      return [{
        status: "warning",
        text: `${whose} of chain FORWARD (${one}) is DROP: connections to ` +
          "published ports of containers are dropped unless a rule lets them " +
          "pass",
        remedy: `${one} -I ${chain} -m conntrack --ctstate DNAT -j ACCEPT`,
      }];
    },
  );
  return (await Promise.all(found)).flat();
}

/** A chain as `nft -j list chains` tells it. */
interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly hook?: string;
  readonly policy?: string;
}

async function examineNftPolicies(run: Run): Promise<readonly Diagnosis[]> {
  const listing = await jsonOf<{
    readonly nftables: readonly { readonly chain?: NftChain }[];
  }>(run, "nft", ["-j", "list", "chains"]);
  const chains = listing?.nftables.flatMap(({ chain }) => chain ?? []) ?? [];
  return chains.filter(({ family, table, name, hook, policy }) =>
    hook === "forward" && policy === "drop" &&
    // That of iptables is told in its own words.
    !(/^ip6?$/.test(family) && table === "filter" && name === "FORWARD")
  ).map(({ family, table, name }) => ({
    status: "warning",
    text: `the policy of nft chain ${family} ${table} ${name} is drop: ` +
      "connections to published ports of containers are dropped unless a " +
      "rule lets them pass",
    remedy: `nft insert rule ${family} ${table} ${name} ct status dnat accept`,
  }));
}
