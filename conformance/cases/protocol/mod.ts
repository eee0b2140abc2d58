/**
 * Cases that hold for any plugin: variables, streams, errors, versions and the
 * shape of results.
 *
 * @module
 */
import type { Case } from "../../suite/mod.ts";
import { OPTIONAL_CASES } from "./optional_cases.ts";
import { RESULT_CASES } from "./result_cases.ts";
import { STREAM_CASES } from "./stream_cases.ts";
import { VARIABLE_CASES } from "./variable_cases.ts";
import { VERSION_CASES } from "./version_cases.ts";

/** The family `protocol`. */
export const PROTOCOL_CASES: readonly Case[] = [
  ...VERSION_CASES,
  ...VARIABLE_CASES,
  ...OPTIONAL_CASES,
  ...STREAM_CASES,
  ...RESULT_CASES,
];
