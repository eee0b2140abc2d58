/**
 * Where a call's time goes, for people who want to know.
 *
 * @module
 */
export * from "./trace.ts";
