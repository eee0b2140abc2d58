import { linkAlias, type LinkOwner } from "../../../lib/linux/mod.ts";
import {
  type IptablesListing,
  quoteIptables,
} from "../../../lib/firewall/mod.ts";
import type { Address } from "../../../lib/net/mod.ts";
import {
  type FilterTable,
  parseFilterTable,
  rulesIn,
  type TableRule,
} from "./filter_table.ts";
import {
  acceptRules,
  COMMENTS,
  FORWARD_CHAIN,
  hostCidr,
  ISOLATION_STAGE_1,
  type IsolationRule,
  OWNERS_CHAIN,
} from "./rules.ts";

/** What an attachment is to have in one family's table. */
export interface WantedRules {
  /** Whose they are. */
  readonly owner: LinkOwner;
  /** The addresses to let pass; none where firewalld does that. */
  readonly addresses: readonly Address[];
  /** The administrator's chain. */
  readonly adminChain: string;
  /** The rules that keep a bridge apart; none for the open policy. */
  readonly isolation: readonly IsolationRule[];
}

/** The lines of a transaction, and what they make that was not there. */
export interface RuleAdditions {
  /** For `iptablesScript`; none if all is there. */
  readonly lines: readonly string[];
  /** The chains that are made. */
  readonly chains: readonly string[];
  /** The rules that are made. */
  readonly rules: readonly MadeRule[];
  /** Lines of owners that had the addresses before, and lose them. */
  readonly replaced: readonly string[];
}

/** A rule that is made. */
export interface MadeRule {
  readonly chain: string;
  readonly spec: string;
  /** Whether it is this attachment's alone, and not shared with others. */
  readonly isOwn: boolean;
}

/** Decides what is missing from a table. */
export function ruleAdditions(
  listing: IptablesListing,
  wanted: WantedRules,
): RuleAdditions {
  const plan = new Additions(parseFilterTable(listing));
  if (wanted.addresses.length > 0) addAccepts(plan, wanted);
  if (wanted.isolation.length > 0) addIsolation(plan, wanted.isolation);
  return plan;
}

function addAccepts(plan: Additions, wanted: WantedRules): void {
  const { addresses, adminChain } = wanted;
  plan.addChain(FORWARD_CHAIN);
  plan.addChain(adminChain);
  // Not above the rules that keep bridges apart, or it would let pass what
  // they drop.
  const stageIndex = plan.indexOf("FORWARD", `-j ${ISOLATION_STAGE_1}`);
  plan.addRule("FORWARD", `-j ${FORWARD_CHAIN}`, {
    comment: COMMENTS.forward,
    position: stageIndex + 2,
  });
  plan.addRule(FORWARD_CHAIN, `-j ${adminChain}`, {
    comment: COMMENTS.admin,
    position: 1,
  });
  for (const spec of addresses.flatMap(acceptRules)) {
    plan.addRule(FORWARD_CHAIN, spec, { isOwn: true });
  }
  addOwner(plan, wanted);
}

/** Says whose the addresses are from now on. */
function addOwner(
  plan: Additions,
  { owner, addresses }: WantedRules,
): void {
  const comment = linkAlias(owner);
  for (const address of addresses) {
    const spec = `-s ${hostCidr(address)}`;
    const isReplaced = (rule: TableRule) =>
      rule.spec === spec && rule.comment !== comment;
    plan.removeRules(OWNERS_CHAIN, isReplaced);
    if (comment === undefined) continue;
    plan.addChain(OWNERS_CHAIN);
    plan.addRule(OWNERS_CHAIN, spec, { comment, isOwn: true });
  }
}

function addIsolation(
  plan: Additions,
  rules: readonly IsolationRule[],
): void {
  for (const { chain } of rules) plan.addChain(chain);
  const jump = `-j ${ISOLATION_STAGE_1}`;
  const forwardIndex = plan.indexOf("FORWARD", `-j ${FORWARD_CHAIN}`);
  const isBelow = forwardIndex !== -1 &&
    plan.indexOf("FORWARD", jump) > forwardIndex;
  if (isBelow) plan.removeRules("FORWARD", ({ spec }) => spec === jump);
  plan.addRule("FORWARD", jump, {
    comment: COMMENTS.isolation,
    position: 1,
    wasThere: isBelow,
  });
  for (const { chain, spec, comment, isFirst } of rules) {
    const position = isFirst ? { position: 1 } : {};
    plan.addRule(chain, spec, { comment, ...position });
  }
}

/** Where a rule goes, and what it bears. */
interface AddRuleOptions {
  readonly comment?: string;
  /** From 1 on; after all others when absent. */
  readonly position?: number;
  readonly isOwn?: boolean;
  /** Whether it only changes its place: taking back leaves it. */
  readonly wasThere?: boolean;
}

/** The lines of a transaction as they add up; what is there is not made again. */
class Additions implements RuleAdditions {
  readonly lines: string[] = [];
  readonly chains: string[] = [];
  readonly rules: MadeRule[] = [];
  readonly replaced: string[] = [];
  readonly #table: FilterTable;
  readonly #removed = new Set<string>();

  constructor(table: FilterTable) {
    this.#table = table;
  }

  addChain(name: string): void {
    if (this.#table.chains.has(name) || this.chains.includes(name)) return;
    this.chains.push(name);
    this.lines.push(`-N ${name}`);
  }

  /** Where a rule stands in its chain, whatever comment it bears; -1 if nowhere. */
  indexOf(chain: string, spec: string): number {
    return rulesIn(this.#table, chain).findIndex((rule) =>
      rule.spec === spec && !this.#removed.has(rule.line)
    );
  }

  addRule(
    chain: string,
    spec: string,
    { comment, position, isOwn = false, wasThere = false }: AddRuleOptions,
  ): void {
    const isThere = this.indexOf(chain, spec) !== -1 ||
      this.rules.some((rule) => rule.chain === chain && rule.spec === spec);
    if (isThere) return;
    if (!wasThere) this.rules.push({ chain, spec, isOwn });
    const where = position === undefined
      ? `-A ${chain}`
      : `-I ${chain} ${position}`;
    this.lines.push(`${where} ${withComment(spec, comment)}`);
  }

  removeRules(chain: string, matches: (rule: TableRule) => boolean): void {
    for (const rule of rulesIn(this.#table, chain).filter(matches)) {
      if (this.#removed.has(rule.line)) continue;
      this.#removed.add(rule.line);
      this.lines.push(`-D ${rule.line}`);
      if (chain === OWNERS_CHAIN) this.replaced.push(rule.line);
    }
  }
}

/** A rule with its comment where `iptables -S` prints it: before the target. */
function withComment(spec: string, comment: string | undefined): string {
  if (comment === undefined) return spec;
  const words = `-m comment --comment ${quoteIptables(comment)}`;
  return / ?-j \S+$/.test(spec)
    ? spec.replace(/(^| )(-j \S+)$/, `$1${words} $2`)
    : `${spec} ${words}`;
}
