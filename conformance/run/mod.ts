/**
 * Running cases: stages in namespaces of their own, the plugins of a folder,
 * which cases are run for them, and the verdicts.
 *
 * @module
 */
export * from "./child.ts";
export * from "./create_stage.ts";
export * from "./discover_linux.ts";
export * from "./find_files.ts";
export * from "./host_linux.ts";
export * from "./judge.ts";
export * from "./plan_jobs.ts";
export * from "./requirements_linux.ts";
export * from "./run_each.ts";
export * from "./run_jobs.ts";
export * from "./stage_linux.ts";
export * from "./stage_names.ts";
