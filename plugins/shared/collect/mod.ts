/**
 * How GC removes what belongs to no valid attachment.
 *
 * @module
 */
export * from "./collect_linux.ts";
