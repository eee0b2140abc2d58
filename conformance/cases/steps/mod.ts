/**
 * What cases of several families do.
 *
 * @module
 */
export * from "./attach.ts";
export * from "./refuse.ts";
