/**
 * The tools for the command line: `cnitool`, as the reference has it, and
 * `cni tool`, which does more.
 *
 * @module
 */
export { runTool, type RunToolOptions } from "./run_tool.ts";
