/**
 * Cases about input that is wrong: it has to end as an error.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { KEY_CASES } from "./key_cases.ts";
import { NAME_CASES } from "./name_cases.ts";
import { STDIN_CASES } from "./stdin_cases.ts";

/** The family `robustness`. */
export const ROBUSTNESS_CASES: readonly Case[] = [
  ...STDIN_CASES,
  ...KEY_CASES,
  ...NAME_CASES,
];
