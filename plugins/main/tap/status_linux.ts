import { runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import { requireLinks } from "../../shared/probe/mod.ts";
import { parseTapConfig } from "./config.ts";

/**
 * Finds out whether an ADD could be served: the configuration, the kernel's
 * tap devices, then the IPAM plugin (CNI 1.1.0, section 2, "STATUS"). Nothing
 * of the host is changed.
 *
 * @throws {CniError} Code 50 with the reason, code 7 for the configuration, or
 * the IPAM plugin's own error.
 */
export async function tapStatus(
  request: Request,
  context: Context,
): Promise<void> {
  parseTapConfig(request);
  const lines = "tuntap add mode tap name t0\n";
  const what = "tap devices (/dev/net/tun)";
  await requireLinks("tap", { lines, what, run: runCommand });
  await delegateIpam(request, context);
}
