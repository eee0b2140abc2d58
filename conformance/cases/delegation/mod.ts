/**
 * Cases for plugins that delegate to an IPAM plugin.
 *
 * @module
 */
import type { Case, Subject } from "../../suite/mod.ts";
import { CALL_CASES } from "./call_cases.ts";
import { FAILURE_CASES } from "./failure_cases.ts";

/** The family `delegation`. */
export const DELEGATION_CASES: readonly Case[] = [
  ...CALL_CASES,
  ...FAILURE_CASES,
].map((one) => ({ ...one, skip: whyNotDelegating }));

function whyNotDelegating({ profile }: Subject): string | undefined {
  return profile?.promises.includes("ipam")
    ? undefined
    : 'the profile does not promise "ipam"';
}
