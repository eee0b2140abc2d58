import {
  addIptablesMasquerade,
  collectIptablesMasquerade,
  type MasqueradeOptions,
  removeIptablesMasquerade,
  type RemoveMasqueradeOptions,
} from "./iptables_masquerade_linux.ts";
import type { Run } from "../linux/mod.ts";
import { isIptablesUsable } from "./iptables_linux.ts";
import type {
  Masquerade,
  MasqueradeBackend,
  MasqueradeOwner,
} from "./masquerade.ts";
import {
  addNftablesMasquerade,
  collectNftablesMasquerade,
  removeNftablesMasquerade,
} from "./nftables_masquerade_linux.ts";
import { isNftablesUsable } from "./nft_linux.ts";

/**
 * Has the kernel masquerade what an attachment sends out of its subnets.
 *
 * @param backend How; absent means iptables, unless it is unusable and
 * nftables is not. That is asked only when iptables has failed.
 * @throws {CniError} Code 999 with the reason.
 */
export async function addMasquerade(
  masquerade: Masquerade,
  options: MasqueradeOptions & { backend?: MasqueradeBackend | undefined },
): Promise<void> {
  if (options.backend === "nftables") {
    return await addNftablesMasquerade(masquerade, options);
  }
  try {
    await addIptablesMasquerade(masquerade, options);
  } catch (error) {
    const { backend, run } = options;
    const hasChoice = backend === undefined &&
      !await isIptablesUsable(run) && await isNftablesUsable(run);
    if (!hasChoice) throw error;
    await addNftablesMasquerade(masquerade, options);
  }
}

/**
 * Removes an attachment's rules of both backends, since the configuration may
 * have changed since they were added.
 *
 * @throws {CniError} Code 999 with the first reason; the other backend's rules
 * are removed all the same.
 */
export async function removeMasquerade(
  owner: MasqueradeOwner,
  options: RemoveMasqueradeOptions,
): Promise<void> {
  await settleAll([
    removeIptablesMasquerade(owner, options),
    removeNftablesMasquerade(owner, options.run),
  ]);
}

/** Which attachments of a network are valid, for {@linkcode collectMasquerade}. */
export interface CollectMasqueradeOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** The attachments whose rules stay. */
  readonly valid: readonly MasqueradeOwner[];
}

/**
 * Removes, of both backends, the rules of a network's attachments that are not
 * valid any more. The rules of iptables bear no interface's name: they stay
 * while the container has any valid attachment.
 *
 * @throws {CniError} Code 999 with the first reason.
 */
export async function collectMasquerade(
  network: string,
  { run, valid }: CollectMasqueradeOptions,
): Promise<void> {
  const containers = new Set(valid.map(({ containerId }) => containerId));
  const isValid = (containerId: string) => containers.has(containerId);
  await settleAll([
    collectIptablesMasquerade(network, isValid, run),
    collectNftablesMasquerade(network, valid, run),
  ]);
}

/** Waits for both backends, and throws what the first that failed did. */
async function settleAll(works: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) {
    if (end.status === "rejected") throw end.reason;
  }
}
