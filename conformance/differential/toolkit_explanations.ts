import { type Explanation, parseExplanations } from "./explanation.ts";
import list from "./toolkit_explanations.json" with { type: "json" };

/** By what name the list is asked for. */
export const TOOLKIT = "toolkit";

/**
 * How the plugins of this program differ from the reference's on purpose, by
 * the names of `docs/differences.md`.
 */
export function toolkitExplanations(): readonly Explanation[] {
  return parseExplanations(JSON.stringify(list), "the toolkit's explanations");
}
