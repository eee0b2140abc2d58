/**
 * Cases about the life of an attachment: ADD, CHECK, DEL, GC and STATUS.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { ADD_CASES } from "./add_cases.ts";
import { CHECK_CASES } from "./check_cases.ts";
import { DEL_CASES } from "./del_cases.ts";
import { GC_CASES } from "./gc_cases.ts";

/** The family `lifecycle`. */
export const LIFECYCLE_CASES: readonly Case[] = [
  ...ADD_CASES,
  ...CHECK_CASES,
  ...DEL_CASES,
  ...GC_CASES,
];
