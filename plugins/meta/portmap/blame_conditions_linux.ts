import { iptablesProgram } from "../../../lib/firewall/mod.ts";
import type { Run } from "../../../lib/linux/mod.ts";
import type { Forwarding } from "./forwarding.ts";
import { iptablesOwner } from "./iptables_owner.ts";
import { additionScripts } from "./iptables_scripts.ts";

/**
 * Whether iptables takes a container's rules without the conditions, and not
 * with them. iptables-legacy has the kernel look at a whole table at once, and
 * names no rule then. Tried in a network namespace that ends with the trial, so
 * `false` as well where a rule needs something of the host's.
 */
export async function areConditionsAtFault(
  forwarding: Forwarding,
  run: Run,
): Promise<boolean> {
  const { config, family } = forwarding;
  const owner = await iptablesOwner(forwarding);
  const takes = async (one: Forwarding) => {
    const { status } = await run({
      program: "unshare",
      args: [
        ...["--net", "--", iptablesProgram(family, "tables-restore")],
        ...["--noflush", "--wait"],
      ],
      stdin: additionScripts(one, owner, EMPTY).apply,
    });
    return status === 0;
  };
  const conditions = { 4: [], 6: [] };
  const without = { ...forwarding, config: { ...config, conditions } };
  return await takes(without) && !await takes(forwarding);
}

/** What a new namespace has. */
const EMPTY = { chains: new Set<string>(), rules: [] };
