/**
 * What the tests of several plugins need. No plugin imports it.
 *
 * @module
 */
export * from "./addressing_of.ts";
export * from "./fake_ip.ts";
export * from "./request_with.ts";
