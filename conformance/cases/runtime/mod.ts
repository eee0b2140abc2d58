/**
 * The cases for runtimes.
 *
 * @module
 */
export * from "./all_runtime_cases.ts";
