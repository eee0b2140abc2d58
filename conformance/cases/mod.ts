/**
 * The cases, family by family.
 *
 * @module
 */
export * from "./all_cases.ts";
