/**
 * What the tests of several plugins need. No plugin imports it.
 *
 * @module
 */
export * from "./request_with.ts";
