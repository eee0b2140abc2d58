import type { Family } from "../net/mod.ts";
import type { Run, UndoStack } from "../linux/mod.ts";
import {
  iptablesError,
  restoreIptables,
  tryRestoreIptables,
  updateIptables,
} from "./iptables_linux.ts";
import type { IptablesListing } from "./iptables.ts";
import { removeFromIptables } from "./remove_iptables_linux.ts";
import {
  byFamily,
  hasChain,
  iptablesOwner,
  masqueradedContainers,
  newChainScripts,
  removalScript,
  sharedChainScripts,
} from "./iptables_masquerade.ts";
import type { IsKept, Masquerade, MasqueradeOwner } from "./masquerade.ts";

/** What the functions here need besides the masquerade. */
export interface MasqueradeOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** Gets what takes the new rules back. */
  readonly undo: UndoStack;
}

/** What {@linkcode removeIptablesMasquerade} needs besides the owner. */
export interface RemoveMasqueradeOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** Tells the addresses whose rules must stay. */
  readonly isKept: IsKept;
  /** The families to look for. */
  readonly families: readonly Family[];
}

/**
 * Adds an attachment's rules with one `iptables-restore` for each family,
 * which does all of its part or nothing.
 *
 * @throws {ProgramMissingError} If iptables is not installed.
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function addIptablesMasquerade(
  masquerade: Masquerade,
  { run, undo }: MasqueradeOptions,
): Promise<void> {
  const owner = await iptablesOwner(masquerade);
  const act = "add masquerade rules";
  for (const { family, ips } of byFamily(masquerade)) {
    let scripts = newChainScripts(owner, ips);
    const options = { family, run, act };
    const output = await tryRestoreIptables(scripts.apply, options);
    if (output.status !== 0) {
      const fault = iptablesError(act, family, output, scripts.apply);
      const isThere = await updateIptables("nat", (_listing, text) => {
        const hasOwn = hasChain(owner, text);
        if (!hasOwn && !CHAIN_FAULT.test(output.stderr)) throw fault;
        scripts = hasOwn
          ? sharedChainScripts(owner, ips, text)
          : newChainScripts(owner, ips);
        return scripts.apply;
      }, options);
      if (!isThere) throw fault;
    }
    const undoScript = scripts.undo;
    undo.push(() => {
      const undoing = { family, run, act: "undo masquerade rules" };
      return restoreIptables(undoScript, undoing);
    });
  }
}

/**
 * What iptables says of a chain that is there already, which not all versions
 * put into words: it is made by the second line. By the time that one looks, a
 * DEL at the same time may have removed it.
 */
const CHAIN_FAULT = /line:? 2\b|exists/;

/**
 * Removes an attachment's rules; succeeds if there are none, or if there is no
 * iptables that could have made them.
 *
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function removeIptablesMasquerade(
  masquerade: MasqueradeOwner,
  { run, isKept, families }: RemoveMasqueradeOptions,
): Promise<void> {
  const owner = await iptablesOwner(masquerade);
  await Promise.all(families.map(async (family) => {
    const act = "remove masquerade rules";
    await removeFromIptables(
      "nat",
      (_listing, text) => removalScript(owner, text, isKept),
      { family, run, act, listAct: LIST_ACT },
    );
  }));
}

/**
 * Removes the rules of all containers of a network that are not valid.
 *
 * @param network The network's name.
 * @param isValid Whether a container has a valid attachment.
 * @throws {CniError} Code 999 with the reason that iptables gives.
 */
export async function collectIptablesMasquerade(
  network: string,
  isValid: (containerId: string) => boolean,
  run: Run,
): Promise<void> {
  const removeStale = async (_listing: IptablesListing, text: string) => {
    const stale = masqueradedContainers(text).filter((one) =>
      one.network === network && !isValid(one.containerId)
    );
    const containerIds = new Set(stale.map(({ containerId }) => containerId));
    const owners = await Promise.all(
      [...containerIds].map((containerId) =>
        iptablesOwner({ network, containerId, ifname: "" })
      ),
    );
    const scripts = owners.flatMap((owner) =>
      removalScript(owner, text, () => false) ?? []
    );
    return scripts.length === 0 ? undefined : scripts.join("");
  };
  const act = "remove masquerade rules";
  await Promise.all(([4, 6] as const).map(async (family) => {
    const options = { family, run, act, listAct: LIST_ACT };
    await removeFromIptables("nat", removeStale, options);
  }));
}

const LIST_ACT = "list masquerade rules";
