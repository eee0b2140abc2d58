/**
 * What programs at a terminal share: words of the command line and their
 * flags, tables, styles, and the process that they run in.
 *
 * @module
 */
export * from "./align_columns.ts";
export * from "./daemon_socket.ts";
export * from "./flag.ts";
export * from "./format_table.ts";
export * from "./help_rows.ts";
export * from "./json_text.ts";
export * from "./named_path.ts";
export * from "./parse_words.ts";
export * from "./printable.ts";
export * from "./read_named_file.ts";
export * from "./read_named_network.ts";
export * from "./style.ts";
export * from "./suggest.ts";
export * from "./terminal_process.ts";
export * from "./usage_error.ts";
