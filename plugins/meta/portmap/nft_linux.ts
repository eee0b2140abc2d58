import type { Address, Family } from "../../../lib/net/mod.ts";
import { type Run } from "../../../lib/linux/mod.ts";
import {
  listNft,
  nftDeletions,
  nftError,
  type NftRule,
  parseNftRules,
  tryTransactNft,
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
  await updateNft(family, (rules) => {
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
  await updateNft(family, (rules) => {
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

/** How often the table may change under our hands. */
const MAX_ATTEMPTS = 10;

/** Has a script made of the table's rules and done; anew if they have changed. */
async function updateNft(
  family: Family,
  decide: (rules: readonly NftRule[]) => string | undefined,
  { run, act }: { run: Run; act: string },
): Promise<void> {
  let text = await readTable(family, run);
  for (let attempt = 1;; attempt++) {
    const script = decide(text === undefined ? [] : parseNftRules(text));
    if (script === undefined) return;
    const output = await tryTransactNft(script, run);
    if (output.status === 0) return;
    const now = await readTable(family, run);
    if (now === text || attempt === MAX_ATTEMPTS) throw nftError(act, output);
    text = now;
  }
}

function readTable(family: Family, run: Run): Promise<string | undefined> {
  const args = ["-j", "list", "table", ...TABLES[family].split(" ")];
  return listNft(args, run);
}
