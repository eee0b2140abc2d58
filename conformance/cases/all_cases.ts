import type { Case } from "../suite/mod.ts";
import { CHAINED_CASES } from "./chained/mod.ts";
import { INTERFACE_CASES } from "./interface/mod.ts";
import { IPAM_CASES } from "./ipam/mod.ts";
import { PROTOCOL_CASES } from "./protocol/mod.ts";

/** Every case for plugins, in the order of a report. */
export const CASES: readonly Case[] = [
  ...PROTOCOL_CASES,
  ...INTERFACE_CASES,
  ...IPAM_CASES,
  ...CHAINED_CASES,
];
