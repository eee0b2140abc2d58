/**
 * What the cases for a kind of plugin share: attachments, what a result says,
 * what the kernel has, and how the two are compared.
 *
 * @module
 */
export * from "./attachment.ts";
export * from "./facts.ts";
export * from "./kernel.ts";
export * from "./kind_cases.ts";
export * from "./stated_result.ts";
