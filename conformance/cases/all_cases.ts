import type { Case } from "../suite/mod.ts";
import { PROTOCOL_CASES } from "./protocol/mod.ts";

/** Every case for plugins, in the order of a report. */
export const CASES: readonly Case[] = [
  ...PROTOCOL_CASES,
];
