import { runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniError } from "../../../lib/spec/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import { notAvailable, requireLinks } from "../../shared/probe/mod.ts";
import { type MacvlanConfig, parseMacvlanConfig } from "./config.ts";
import { requireMaster } from "./master_linux.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the kernel's
 * macvlan links, the master if it is in the host, then the IPAM plugin (CNI
 * 1.1.0, section 2, "STATUS"). Nothing of the host is changed.
 *
 * @throws {CniError} Code 50 with the reason, or the IPAM plugin's own error.
 */
export async function macvlanStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseMacvlanConfig(request);
  const run = runCommand;
  const lines = "link add name v0 type veth peer name v1\n" +
    `link add link v0 name m0 type macvlan mode ${config.mode}\n`;
  await Promise.all([
    requireLinks("macvlan", { lines, what: "macvlan links", run }),
    // A container's master is not known before the container is.
    config.linkInContainer ? undefined : requireHostMaster(config),
  ]);
  await delegateIpam(request, context);
}

/** A master that is not there now may come: the plugin is not at fault. */
async function requireHostMaster(config: MacvlanConfig): Promise<void> {
  try {
    await requireMaster(config, { netns: "", run: runCommand });
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    throw notAvailable("macvlan", `${error.message}: ${error.details}`);
  }
}
