import type { Case } from "../suite/mod.ts";
import { CHAINED_CASES } from "./chained/mod.ts";
import { DELEGATION_CASES } from "./delegation/mod.ts";
import { INTERFACE_CASES } from "./interface/mod.ts";
import { IPAM_CASES } from "./ipam/mod.ts";
import { LIFECYCLE_CASES } from "./lifecycle/mod.ts";
import { PROTOCOL_CASES } from "./protocol/mod.ts";
import { ROBUSTNESS_CASES } from "./robustness/mod.ts";

/** Every case for plugins, in the order of a report. */
export const CASES: readonly Case[] = [
  ...PROTOCOL_CASES,
  ...LIFECYCLE_CASES,
  ...INTERFACE_CASES,
  ...IPAM_CASES,
  ...CHAINED_CASES,
  ...DELEGATION_CASES,
  ...ROBUSTNESS_CASES,
];
