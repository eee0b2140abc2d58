import {
  type PlanContext,
  readRequest,
  type Registry,
} from "../../lib/plugin/mod.ts";
import { type NetworkConfig, readNetworks } from "../../lib/runtime/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { ipamTypeOf } from "../chain_of.ts";
import type { Diagnosis } from "./diagnosis.ts";

const HOST_LOCAL = "host-local";

/**
 * Has host-local plan an ADD for each network that it serves, which tells of a
 * range without a free address; nothing is changed.
 */
export async function examineRanges(
  configFolder: string,
  plugins: Registry,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const file of readNetworks(configFolder)) {
    if (!("network" in file)) continue;
    found.push(...await examineNetwork(file.network, plugins));
  }
  return found;
}

async function examineNetwork(
  { name, cniVersion, plugins: chain }: NetworkConfig,
  plugins: Registry,
): Promise<readonly Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const plugin of chain) {
    if (ipamTypeOf(plugin) !== HOST_LOCAL) continue;
    const stdin = JSON.stringify({ ...plugin.raw, name, cniVersion });
    const error = await refusalOf(stdin, plugins);
    if (error?.code !== CniCode.Internal) continue;
    const [reason = "", remedy = ""] = error.details.split(": ");
    found.push({
      status: "warning",
      text: `${name} has no address left: ${reason}`,
      remedy: `${remedy}: cni tool gc ${name}`,
    });
  }
  return found;
}

/** What an ADD would be refused with; faults of the file are told elsewhere. */
async function refusalOf(
  stdin: string,
  plugins: Registry,
): Promise<CniError | undefined> {
  const plugin = await plugins.get(HOST_LOCAL)?.();
  const call = {
    command: "ADD",
    containerId: "cni-tool-doctor",
    netns: "/run/netns/none",
    ifname: "eth0",
    args: "",
    path: "",
    netnsOverride: "",
    stdin,
  };
  try {
    await plugin?.plan?.(readRequest(plugin, call), CONTEXT);
    return undefined;
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
}

/** host-local asks for nothing of it. */
const CONTEXT: PlanContext = {
  plan: () => Promise.reject(new Error("nothing is delegated")),
};
