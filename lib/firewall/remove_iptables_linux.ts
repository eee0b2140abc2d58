import { FirewallError } from "./firewall_error.ts";
import { iptablesProgram, type IptablesTable } from "./iptables.ts";
import {
  type Decide,
  type IptablesOptions,
  updateIptables,
} from "./iptables_linux.ts";

/** What {@linkcode removeFromIptables} needs. */
export interface RemoveOptions extends IptablesOptions {
  /** What reading is for, if not for `act`. */
  readonly listAct?: string;
  /** Tells a person what could not be looked through. */
  readonly warn?: (message: string) => void;
}

/** What iptables of nftables says of rules that it does not show. */
const HAS_LEGACY = /legacy tables present/;

/**
 * As {@linkcode updateIptables}, for what is to be removed: it may have been
 * made when `iptables` was a program of the other kind, whose rules this one
 * does not show. So where there is nothing to remove, or rules of the older
 * kind, the other one is asked too, if it is installed.
 *
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function removeFromIptables(
  table: IptablesTable,
  decide: Decide,
  { warn, ...options }: RemoveOptions,
): Promise<void> {
  let isFound = false;
  let hasLegacy = false;
  const isThere = await updateIptables(table, async (listing, text) => {
    const script = await decide(listing, text);
    isFound ||= script !== undefined;
    return script;
  }, {
    ...options,
    run: async (command) => {
      const output = await options.run(command);
      hasLegacy ||= HAS_LEGACY.test(output.stderr);
      return output;
    },
  });
  if (!isThere || isFound && !hasLegacy) return;
  if (!hasLegacy) {
    // Nothing says that there is anything: what fails here is no fault.
    await updateIptables(table, decide, { ...options, kind: "nft" })
      .catch(ignoreFirewall);
    return;
  }
  const isOtherThere = await updateIptables(table, decide, {
    ...options,
    kind: "legacy",
  });
  if (isOtherThere || isFound) return;
  const program = iptablesProgram(options.family, "tables", "legacy");
  warn?.(
    `Cannot look for what is to be removed by ${program}, which has tables ` +
      "on this host: install it",
  );
}

function ignoreFirewall(error: unknown): void {
  if (!(error instanceof FirewallError)) throw error;
}
