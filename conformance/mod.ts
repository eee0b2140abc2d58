/**
 * The conformance suite for CNI plugins and runtimes.
 *
 * @module
 */
export * from "./applet/mod.ts";
export * from "./suite/mod.ts";
