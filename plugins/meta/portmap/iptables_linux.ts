import { type Family, formatAddress } from "../../../lib/net/mod.ts";
import { ProgramMissingError, type Run } from "../../../lib/linux/mod.ts";
import {
  type IptablesListing,
  removeFromIptables,
  restoreIptables,
  tryRestoreIptables,
  updateIptables,
} from "../../../lib/firewall/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { type Forwarding, mappingsOf, type Owner } from "./forwarding.ts";
import { iptablesOwner } from "./iptables_owner.ts";
import { mappedPorts, rivalsOf } from "./iptables_read.ts";
import {
  additionScripts,
  blindRemovalScript,
  removalScript,
} from "./iptables_scripts.ts";
import type { MappedPort } from "./mapped_port.ts";

/**
 * Maps a container's ports, in one transaction of iptables.
 *
 * @returns Whether there is an iptables for this family.
 * @throws {CniError} Code 7 for a chain that is not there, 11 for a lock, else
 * 999 with the reason.
 */
export async function addIptablesForwarding(
  forwarding: Forwarding,
  { run, undo, warn }: Executor,
): Promise<boolean> {
  const { family } = forwarding;
  const owner = await iptablesOwner(forwarding);
  let undoScript = "";
  let rivals: readonly string[] = [];
  const isThere = await updateIptables("nat", (listing) => {
    requireExternalChain(forwarding, listing);
    rivals = rivalsOf(forwarding, owner.chain, listing);
    const scripts = additionScripts(forwarding, owner, listing);
    undoScript = scripts.undo;
    return scripts.apply;
  }, { family, run, act: "map ports" });
  if (!isThere) return false;
  undo.push(() => {
    const options = { family, run, act: "take the mapped ports back" };
    return restoreIptables(undoScript, options);
  });
  rivals.forEach(warn);
  return true;
}

/**
 * Removes what an ADD has made, if it is still as that has left it: then there
 * is no need to look.
 *
 * @returns What was mapped; `undefined` if it is not as it was, or could not
 * be removed.
 */
export async function removeKnownForwarding(
  forwarding: Forwarding,
  run: Run,
): Promise<readonly MappedPort[] | undefined> {
  const { family, target } = forwarding;
  const owner = await iptablesOwner(forwarding);
  const script = blindRemovalScript(forwarding, owner);
  try {
    const { status } = await tryRestoreIptables(script, { family, run });
    if (status !== 0) return undefined;
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
  const address = formatAddress(target.address);
  return mappingsOf(forwarding).map((one) => ({ ...one, family, address }));
}

/**
 * Removes a container's rules of a family, in one transaction; succeeds if
 * there are none, or no iptables that could have made them.
 *
 * @returns What was mapped; `undefined` if there was no rule and no chain.
 * @throws {CniError} Code 999, or 11 for a lock, with the reason.
 */
export async function removeIptablesForwarding(
  owner: Owner,
  family: Family,
  { run, warn }: Pick<Executor, "run" | "warn">,
): Promise<readonly MappedPort[] | undefined> {
  const own = await iptablesOwner(owner);
  let ports: readonly MappedPort[] | undefined;
  await removeFromIptables("nat", (listing) => {
    const script = removalScript([own], listing);
    // Another DEL of the container may be quicker.
    if (script !== undefined) {
      ports = [...ports ?? [], ...mappedPorts(own.chain, listing)];
    }
    return script;
  }, { family, run, warn, act: "remove mapped ports" });
  return ports;
}

function requireExternalChain(
  { config: { snat, externalSetMarkChain: chain }, family }: Forwarding,
  { chains }: IptablesListing,
): void {
  if (!snat || chain === undefined || chains.has(chain)) return;
  const program = family === 4 ? "iptables" : "ip6tables";
  const message = "Cannot use externalSetMarkChain";
  throw new CniError(CniCode.InvalidConfig, message, {
    details: `externalSetMarkChain is "${chain}": ${program} has no such ` +
      "chain in its nat table: have it made first, or remove the key",
  });
}
