/**
 * The tool for the command line, `cnitool` and `cni tool`: attaches network
 * namespaces to networks, and detaches them.
 *
 * @module
 */
export type { Program } from "./help.ts";
export { main, type ToolOptions } from "./main.ts";
export { runTool, type RunToolOptions } from "./run_tool.ts";
export { type ToolProcess, toolProcess } from "./tool_process.ts";
