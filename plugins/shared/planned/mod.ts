/**
 * Changes as the acts of a plan.
 *
 * @module
 */
export * from "./acts.ts";
