import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { collectAttachments } from "../../shared/collect/mod.ts";

/**
 * Has the IPAM plugin remove what belongs to no valid attachment (CNI 1.1.0,
 * section 2, "GC"). Devices come back to the host by themselves when their
 * container's namespace goes.
 */
export async function collectHostDevice(
  request: Request,
  context: Context,
): Promise<void> {
  await collectAttachments(request, context, []);
}
