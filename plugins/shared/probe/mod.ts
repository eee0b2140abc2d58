/**
 * How STATUS finds out whether an ADD could be served.
 *
 * @module
 */
export * from "./probe_linux.ts";
export { tryOnce } from "./trials.ts";
