/**
 * Cases for plugins that adjust what others made.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { casesFor } from "../shared/mod.ts";
import { EFFECT_CASES } from "./effect_cases.ts";
import { PREV_RESULT_CASES } from "./prev_result_cases.ts";

/** The family `chained`. */
export const CHAINED_CASES: readonly Case[] = casesFor("chained", [
  ...PREV_RESULT_CASES,
  ...EFFECT_CASES,
]);
