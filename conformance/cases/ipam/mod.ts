/**
 * Cases for plugins that choose addresses.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { casesFor } from "../shared/mod.ts";
import { ANSWER_CASES } from "./answer_cases.ts";
import { POOL_CASES } from "./pool_cases.ts";
import { REQUEST_CASES } from "./request_cases.ts";

/** The family `ipam`. */
export const IPAM_CASES: readonly Case[] = casesFor("ipam", [
  ...ANSWER_CASES,
  ...POOL_CASES,
  ...REQUEST_CASES,
]);
