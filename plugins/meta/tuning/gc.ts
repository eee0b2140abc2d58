import type { Request } from "../../../lib/plugin/mod.ts";
import type { Collection } from "../../shared/chained/mod.ts";
import { openTuningState, stateFileName } from "./state.ts";

/**
 * Forgets the values that were saved for attachments of this network that are
 * not valid any more (CNI 1.1.0, section 2, "GC"). Their interfaces are gone,
 * or go by the plugin that has made them, so nothing is put back.
 *
 * Files of the reference plugin do not tell their network: they stay.
 */
export async function collectTuning(
  request: Request,
  { valid, attempts }: Collection,
): Promise<void> {
  const state = openTuningState(request);
  if (state === undefined) return;
  const kept = new Set(valid.list.map(stateFileName));
  for (const name of state.namesOf(request.config.name)) {
    if (kept.has(name)) continue;
    await attempts.run(() => Promise.resolve(state.remove(name)));
  }
}
