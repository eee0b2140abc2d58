/**
 * `cni conformance`.
 *
 * @module
 */
export * from "./conformance_applet.ts";
