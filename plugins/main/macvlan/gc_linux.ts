import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { collectAttachments } from "../../shared/collect/mod.ts";

/**
 * Has the IPAM plugin collect (CNI 1.1.0, section 2, "GC"). There is nothing
 * else in the host: interfaces go with their container's namespace.
 */
export async function collectMacvlan(
  request: Request,
  context: Context,
): Promise<void> {
  await collectAttachments(request, context, []);
}
