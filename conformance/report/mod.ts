/**
 * What a run is told in: a table for people, and formats for programs.
 *
 * @module
 */
export * from "./create_reporter.ts";
export * from "./reporter.ts";
