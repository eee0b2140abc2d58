import type { MasqueradeBackend } from "../../lib/firewall/mod.ts";
import { booleanKey, choiceKey, type KeyValues } from "../../lib/plugin/mod.ts";

/** The two ways to masquerade, and to map ports. */
export const FIREWALL_BACKENDS: readonly MasqueradeBackend[] = [
  ...["iptables", "nftables"] as const,
];

/** Makes the keys that say whether and how an attachment is masqueraded. */
export function masqueradeKeys() {
  return {
    ipMasq: booleanKey({
      description: "What the container sends out of its subnets is masqueraded",
      default: false,
    }),
    ipMasqBackend: choiceKey(FIREWALL_BACKENDS, {
      description: "How to masquerade, by `iptables` or `nftables`. Absent: " +
        "iptables, unless only nft is usable",
      defaultText: "what is there",
      isEmptyValue: true,
    }),
  };
}

/** Whether and how an attachment is masqueraded. */
export type MasqueradeKeys = KeyValues<ReturnType<typeof masqueradeKeys>>;
