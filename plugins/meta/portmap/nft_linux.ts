import type { Address, Family } from "../../../lib/net/mod.ts";
import { type Run } from "../../../lib/linux/mod.ts";
import {
  listNft,
  nftDeletions,
  type NftRule,
  parseNftRules,
  updateNft,
} from "../../../lib/firewall/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import type { Forwarding, Owner } from "./forwarding.ts";
import type { MappedPort } from "./mapped_port.ts";
import { nftRivalsOf, ownNftRules, readNftRule } from "./nft_read.ts";
import { additionScript, TABLES } from "./nft_rules.ts";

/**
 * Maps a container's ports, in one transaction of nft, in place of what was
 * mapped to the same address for it before.
 *
 * @throws {ProgramMissingError} If nft is not installed.
 * @throws {CniError} Code 999 with the reason.
 */
export async function addNftForwarding(
  forwarding: Forwarding,
  { run, undo, warn }: Executor,
): Promise<void> {
  const { family, target } = forwarding;
  const addresses = [target.address];
  let rivals: readonly string[] = [];
  await update(family, (rules) => {
    rivals = nftRivalsOf(forwarding, rules);
    const stale = ownNftRules(forwarding, rules, addresses);
    return additionScript(forwarding, nftDeletions(TABLES[family], stale));
  }, { run, act: "map ports" });
  undo.push(() =>
    removeNftForwarding(forwarding, family, { run, addresses }).then(() => {})
  );
  rivals.forEach(warn);
}

/** What {@linkcode removeNftForwarding} needs besides whose and which. */
export interface RemoveNftOptions {
  /** Runs the commands. */
  readonly run: Run;
  /** The container's addresses in the network; any if absent. */
  readonly addresses?: readonly Address[] | undefined;
}

/**
 * Removes a container's rules of a family, in one transaction; succeeds if
 * there are none, or no nft that could have made them.
 *
 * @returns What was mapped; `undefined` if there was no rule.
 * @throws {CniError} Code 999 with the reason.
 */
export async function removeNftForwarding(
  owner: Owner,
  family: Family,
  { run, addresses }: RemoveNftOptions,
): Promise<readonly MappedPort[] | undefined> {
  let own: readonly NftRule[] = [];
  await update(family, (rules) => {
    own = ownNftRules(owner, rules, addresses);
    const lines = nftDeletions(TABLES[family], own);
    return lines.length === 0 ? undefined : [...lines, ""].join("\n");
  }, { run, act: "remove mapped ports" });
  if (own.length === 0) return undefined;
  return own.flatMap((rule) => readNftRule(rule).port ?? []);
}

/** The rules of a family's table; none if there is no table. */
export async function listNftRules(
  family: Family,
  run: Run,
): Promise<readonly NftRule[]> {
  const listing = await readTable(family, run);
  return listing === undefined ? [] : parseNftRules(listing);
}

/** Has a script made of the table's rules and done. */
async function update(
  family: Family,
  decide: (rules: readonly NftRule[]) => string | undefined,
  { run, act }: { run: Run; act: string },
): Promise<void> {
  const read = () => readTable(family, run);
  await updateNft(
    (text) => decide(text === undefined ? [] : parseNftRules(text)),
    { run, act, read },
  );
}

function readTable(family: Family, run: Run): Promise<string | undefined> {
  const args = ["-j", "list", "table", ...TABLES[family].split(" ")];
  return listNft(args, run);
}
