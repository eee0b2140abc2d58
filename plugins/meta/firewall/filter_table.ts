import { formatCidr, parseCidr } from "../../../lib/net/mod.ts";
import {
  type IptablesListing,
  splitIptables,
} from "../../../lib/firewall/mod.ts";

/** A rule of a table. */
export interface TableRule {
  /** As `iptables -S` prints it, from the chain's name on. */
  readonly line: string;
  readonly chain: string;
  /** What follows the chain's name, without a comment; addresses canonical. */
  readonly spec: string;
  /** Empty if it bears none. */
  readonly comment: string;
}

/** What is in the table `filter`. */
export interface FilterTable {
  /** The chains that are not built in. */
  readonly chains: ReadonlySet<string>;
  /** All rules, in order. */
  readonly rules: readonly TableRule[];
}

/** Reads the rules of a listing, as far as they are about our chains. */
export function parseFilterTable(
  { chains, rules }: IptablesListing,
): FilterTable {
  const isOurs = (line: string) =>
    line.startsWith("CNI-") || line.startsWith("FORWARD ");
  return { chains, rules: rules.filter(isOurs).map(parseRule) };
}

/** The rules of one chain, in order. */
export function rulesIn(
  { rules }: FilterTable,
  chain: string,
): readonly TableRule[] {
  return rules.filter((rule) => rule.chain === chain);
}

function parseRule(line: string): TableRule {
  const [chain = "", ...words] = splitIptables(line);
  const rest: string[] = [];
  let comment = "";
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === "-m" && words[index + 1] === "comment") {
      index++;
    } else if (word === "--comment") {
      comment = words[++index] ?? "";
    } else if (word === "-s" || word === "-d") {
      rest.push(word, canonical(words[++index] ?? ""));
    } else rest.push(word);
  }
  return { line, chain, spec: rest.join(" "), comment };
}

/** An address as we write it: iptables writes some of IPv6 in another way. */
function canonical(text: string): string {
  try {
    return formatCidr(parseCidr(text));
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
