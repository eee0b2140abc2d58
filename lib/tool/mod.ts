/**
 * The tools for the command line: `cnitool`, as the reference has it, and
 * `cni tool`, which does more.
 *
 * @module
 */
export type { Completion, Flag } from "./flag.ts";
export { formatTable } from "./format_table.ts";
export { parseWords, type Words } from "./parse_words.ts";
export { readNamedFile } from "./read_named_file.ts";
export { runTool, type RunToolOptions } from "./run_tool.ts";
export { type Style, styleFor } from "./style.ts";
export { suggest } from "./suggest.ts";
export {
  type TerminalProcess,
  type ToolProcess,
  toolProcess,
} from "./tool_process.ts";
export { UsageError } from "./usage_error.ts";
