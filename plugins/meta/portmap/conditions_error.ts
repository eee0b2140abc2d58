import { FirewallError, quoteIptables } from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Forwarding } from "./forwarding.ts";

/** Finds out by a trial whether conditions are at fault. */
export type Blame = () => Promise<boolean>;

/**
 * What to throw where ports could not be mapped: if the firewall has refused a
 * rule with the conditions of the configuration, they are at fault.
 *
 * @param error What was thrown.
 * @param blame Asked if the firewall does not tell which rule it has refused.
 * @returns An error of code 7, or what was thrown.
 */
export async function conditionsError(
  error: unknown,
  { config: { conditions }, family }: Forwarding,
  { blame }: { readonly blame: Blame },
): Promise<unknown> {
  const words = conditions[family];
  if (words.length === 0 || !(error instanceof FirewallError)) return error;
  if (error.code !== CniCode.Internal) return error;
  const texts = [words, words.map(quoteIptables)].map((some) => some.join(" "));
  const isAtFault = error.refused === ""
    ? await blame()
    : texts.some((text) => error.refused.includes(` ${text} `));
  if (!isAtFault) return error;
  const key = `conditionsV${family}`;
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} is ${JSON.stringify(words)}: ${error.details}`,
    cause: error,
  });
}
