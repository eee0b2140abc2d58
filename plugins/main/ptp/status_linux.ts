import { runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import { requireLinks, requireMasquerade } from "../../shared/probe/mod.ts";
import { parsePtpConfig } from "./config.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the kernel's
 * veth pairs, masquerade, then the IPAM plugin (CNI 1.1.0, section 2,
 * "STATUS"). Nothing of the host is changed.
 *
 * @throws {CniError} Code 50 with the reason, or the IPAM plugin's own error.
 */
export async function ptpStatus(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parsePtpConfig(request);
  const run = runCommand;
  const lines = "link add name v0 type veth peer name v1\n";
  await Promise.all([
    requireLinks("ptp", { lines, what: "veth pairs", run }),
    requireMasquerade("ptp", config, run),
  ]);
  await delegateIpam(request, context);
}
