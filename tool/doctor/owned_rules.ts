import { parseNftRules } from "../../lib/firewall/mod.ts";
import { parseLinkAlias, type Run } from "../../lib/linux/mod.ts";
import { iptablesVariants } from "./iptables_variants.ts";
import type { Owned } from "./owned.ts";
import { linesOf } from "./programs.ts";

/** The chains and rules of firewalls that belong to an attachment. */
export async function ownedRules(run: Run): Promise<readonly Owned[]> {
  const found = await Promise.all([
    iptablesRules("iptables", run),
    iptablesRules("ip6tables", run),
    masqueradeRules(run),
    portRules("ip", run),
    portRules("ip6", run),
  ]);
  return found.flat();
}

async function iptablesRules(
  program: string,
  run: Run,
): Promise<readonly Owned[]> {
  const variants = await iptablesVariants(program, run);
  const found = await Promise.all(variants.map(async (variant) => {
    const [nat, owners] = await Promise.all([
      linesOf(run, variant, ["-t", "nat", "-S"]),
      linesOf(run, variant, ["-S", "CNI-FORWARD-OWNERS"]),
    ]);
    return [
      ...natChains(variant, nat),
      ...owners.flatMap((rule) => ownerRule(variant, rule)),
    ];
  }));
  return found.flat();
}

/** A comment of masquerade or of a mapped port, as -S prints it. */
const JUMP =
  /--comment "(?:dnat )?name: \\"(.*?)\\" id: \\"(.*?)\\""(?: .*)? -j (CNI-\S+)/;

/** The chains of the nat table: those of masquerade and of mapped ports. */
function natChains(
  program: string,
  lines: readonly string[],
): readonly Owned[] {
  const chains = new Map<string, Owned>();
  const targets = new Set<string>();
  for (const line of lines) {
    const target = / -j (CNI-\S+)/.exec(line)?.[1];
    if (target !== undefined) targets.add(target);
    const [, network = "", containerId = "", chain = ""] = JUMP.exec(line) ??
      [];
    if (chain === "" || SHARED.test(chain)) continue;
    chains.set(chain, {
      what: `${program} chain ${chain}`,
      network,
      containerId,
    });
  }
  const orphans = lines.flatMap((line): readonly Owned[] => {
    const chain = /^-N (CNI-(?:[DS]N-)?[0-9a-f]{21,24})$/.exec(line)?.[1];
    if (chain === undefined || targets.has(chain)) return [];
    const base = `${program} -t nat`;
    return [{
      what: `${program} chain ${chain}, to which nothing leads,`,
      containerId: "",
      remedy: `${base} -F ${chain}; ${base} -X ${chain}`,
    }];
  });
  return [...chains.values(), ...orphans];
}

/** Chains of all containers, whose rules tell of one. */
const SHARED = /^CNI-HOSTPORT-/;

/** An entry that says whose an address is, which the firewall lets pass. */
function ownerRule(program: string, rule: string): readonly Owned[] {
  const form = /-s (\S+) .*--comment "?(cni\/[^"\s]+)/;
  const [, cidr = "", alias = ""] = form.exec(rule) ?? [];
  const owner = parseLinkAlias(alias);
  if (owner === undefined) return [];
  const { network, containerId } = owner;
  const what = `${program} entry of ${cidr} in CNI-FORWARD-OWNERS`;
  return [{ what, network, containerId }];
}

/** The masquerade rules of nftables, whose comments are cut at 128 bytes. */
async function masqueradeRules(run: Run): Promise<readonly Owned[]> {
  const args = ["list", "table", "inet", "cni_plugins_masquerade"];
  const form = /comment "([\w-]+, net: (.*?), if: .*?, id: (.*?))"/;
  return (await linesOf(run, "nft", args)).flatMap((line): readonly Owned[] => {
    const [, comment = "", network = "", containerId = ""] = form.exec(line) ??
      [];
    const isCut = comment.length > 120;
    return containerId === ""
      ? []
      : [{ what: "an nft masquerade rule", network, containerId, isCut }];
  });
}

/** The rules of nftables for mapped ports, which tell no network. */
async function portRules(
  family: "ip" | "ip6",
  run: Run,
): Promise<readonly Owned[]> {
  const table = `${family} cni_hostport`;
  const args = ["-j", "list", "table", ...table.split(" ")];
  const lines = await linesOf(run, "nft", args);
  if (lines.length === 0) return [];
  const handles = new Map<string, string[]>();
  for (const { comment, chain, handle } of parseNftRules(lines.join("\n"))) {
    if (comment === "") continue;
    const deletion = `nft delete rule ${table} ${chain} handle ${handle}`;
    handles.set(comment, [...handles.get(comment) ?? [], deletion]);
  }
  return [...handles].map(([containerId, deletions]) => ({
    what: `the mapping in nft table ${table} (${deletions.length} rules)`,
    containerId,
    isCut: containerId.length >= 128,
    remedy: deletions.join("; "),
  }));
}
