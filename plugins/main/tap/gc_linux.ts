import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { collectAttachments } from "../../shared/collect/mod.ts";

/**
 * Has the IPAM plugin remove what belongs to no valid attachment (CNI 1.1.0,
 * section 2, "GC"). Tap devices go with their container's namespace.
 */
export async function collectTap(
  request: Request,
  context: Context,
): Promise<void> {
  await collectAttachments(request, context, []);
}
