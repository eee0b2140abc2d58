/**
 * The CNI specification as data: versions, errors, configurations, arguments
 * and results of every published version. Pure: no part of it touches a
 * process, a file or the kernel.
 *
 * @module
 */
export * from "./args.ts";
export * from "./attachments.ts";
export * from "./cni_error.ts";
export * from "./code.ts";
export * from "./config.ts";
export * from "./fields.ts";
export * from "./invalid_value.ts";
export * from "./json.ts";
export * from "./names.ts";
export * from "./own_ips.ts";
export * from "./parse_result.ts";
export * from "./print_result.ts";
export * from "./result.ts";
export * from "./result_family.ts";
export * from "./usable_mac.ts";
export * from "./version.ts";
