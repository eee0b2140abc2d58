/**
 * Putting runtimes to the test: a probe plugin that writes down how it is
 * called, the stage of a case, and the running of cases.
 *
 * @module
 */
export * from "./open_runtime_linux.ts";
export * from "./probe.ts";
export * from "./probe_results.ts";
export * from "./run_runtime_cases.ts";
export * from "./runtime_case.ts";
export * from "./runtime_stage.ts";
export * from "./runtime_subject.ts";
