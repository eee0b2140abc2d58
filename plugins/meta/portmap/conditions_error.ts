import { FirewallError, quoteIptables } from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Forwarding } from "./forwarding.ts";

/**
 * What to throw where ports could not be mapped: if the firewall has refused a
 * rule with the conditions of the configuration, they are at fault.
 *
 * @param error What was thrown.
 * @returns An error of code 7, or what was thrown.
 */
export function conditionsError(
  error: unknown,
  { config: { conditions }, family }: Forwarding,
): unknown {
  const words = conditions[family];
  if (words.length === 0 || !(error instanceof FirewallError)) return error;
  const texts = [words, words.map(quoteIptables)].map((some) => some.join(" "));
  const isAtFault = error.code === CniCode.Internal &&
    texts.some((text) => error.refused.includes(` ${text} `));
  if (!isAtFault) return error;
  const key = `conditionsV${family}`;
  return new CniError(CniCode.InvalidConfig, `Cannot use ${key}`, {
    details: `${key} is ${JSON.stringify(words)}: ${error.details}`,
    cause: error,
  });
}
