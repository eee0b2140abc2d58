/**
 * Comparing the plugins of two folders: the same calls for both, then what they
 * said and the state that they left.
 *
 * @module
 */
export * from "./compare_observations.ts";
export * from "./explanation.ts";
export * from "./plan_comparisons.ts";
export * from "./play_scenario.ts";
export * from "./run_comparisons.ts";
export * from "./scenario.ts";
export * from "./scenarios.ts";
export * from "./snapshot.ts";
export * from "./take_snapshot_linux.ts";
export * from "./toolkit_explanations.ts";
