import {
  iptablesProgram,
  isNftablesUsable,
} from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { conditionsError } from "./conditions_error.ts";
import type { Forwarding } from "./forwarding.ts";
import { addIptablesForwarding } from "./iptables_linux.ts";
import { addNftForwarding } from "./nft_linux.ts";

/**
 * Maps a container's ports of one family by the backend that is configured, or
 * else by iptables, unless that is unusable and nftables is not.
 *
 * @throws {CniError} Code 7 for conditions that the firewall does not take, 11
 * for a lock, else 999 with the reason.
 */
export async function addForwarding(
  forwarding: Forwarding,
  executor: Executor,
): Promise<void> {
  try {
    await addByBackend(forwarding, executor);
  } catch (error) {
    throw await conditionsError(error, forwarding, {
      blame: async () => {
        if (forwarding.config.backend === "nftables") return false;
        const { areConditionsAtFault } = await import(
          "./blame_conditions_linux.ts"
        );
        return await areConditionsAtFault(forwarding, executor.run);
      },
    });
  }
}

async function addByBackend(
  forwarding: Forwarding,
  executor: Executor,
): Promise<void> {
  const { config: { backend }, family } = forwarding;
  if (backend === "nftables") {
    return await addNftForwarding(forwarding, executor);
  }
  if (await addIptablesForwarding(forwarding, executor)) return;
  if (backend === undefined && await isNftablesUsable(executor.run)) {
    return await addNftForwarding(forwarding, executor);
  }
  const program = iptablesProgram(family);
  throw new CniError(CniCode.Internal, "Cannot map ports", {
    details: `${program} is not installed, or the kernel has no nat table ` +
      "for it: install the package iptables, load the kernel's modules, or " +
      'set backend to "nftables"',
  });
}
