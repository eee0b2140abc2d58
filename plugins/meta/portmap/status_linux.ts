import { type Run, runCommand } from "../../../lib/linux/mod.ts";
import { listIptables, parseIptables } from "../../../lib/firewall/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { notAvailable, requireBackend } from "../../shared/probe/mod.ts";
import { parsePortmapConfig, type PortmapConfig } from "./config.ts";

const NAME = "portmap";

/**
 * Finds out whether an ADD could be served: the configuration, a backend, and
 * the chain that others are to make (CNI 1.1.0, section 2, "STATUS"). Nothing
 * is changed.
 *
 * @throws {CniError} Code 7 for a bad configuration, 50 with the reason.
 */
export async function portmapStatus(request: Request): Promise<void> {
  const config = parsePortmapConfig(request);
  const { backend } = config;
  await requireBackend({ backend, run: runCommand }, (backends) =>
    notAvailable(
      NAME,
      `${backends} cannot be used: install the package, load the kernel's ` +
        "modules, or see that the plugin runs with CAP_NET_ADMIN",
    ));
  await requireChain(config, runCommand);
}

async function requireChain(
  { snat, externalSetMarkChain: chain }: PortmapConfig,
  run: Run,
): Promise<void> {
  if (!snat || chain === undefined) return;
  const act = "look for externalSetMarkChain";
  const listing = await listIptables("nat", { family: 4, run, act }) ?? "";
  if (parseIptables(listing).chains.has(chain)) return;
  throw notAvailable(
    NAME,
    `externalSetMarkChain is "${chain}": iptables has no such chain in its ` +
      "nat table: have it made first, or remove the key",
  );
}
