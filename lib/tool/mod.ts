/**
 * The tools for the command line: `cnitool`, as the reference has it, and
 * `cni tool`, which does more.
 *
 * @module
 */
export { formatTable } from "./format_table.ts";
export { runTool, type RunToolOptions } from "./run_tool.ts";
export { type Style, styleFor } from "./style.ts";
export {
  type TerminalProcess,
  type ToolProcess,
  toolProcess,
} from "./tool_process.ts";
