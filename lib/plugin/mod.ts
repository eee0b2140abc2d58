/**
 * The plugin author's side: a plugin is a value made by
 * {@linkcode definePlugin}; the protocol around it (environment, stdin,
 * validation, versions, the error object) is written here, once.
 *
 * @module
 */
export * from "./attempts.ts";
export * from "./build_id.ts";
export * from "./call.ts";
export * from "./common_keys.ts";
export * from "./define.ts";
export * from "./delegations.ts";
export * from "./dispatch.ts";
export * from "./ipam_section.ts";
export * from "./key.ts";
export * from "./key_kinds.ts";
export * from "./main.ts";
export * from "./process.ts";
export * from "./registry.ts";
export * from "./restore_environment.ts";
export * from "./take_back.ts";
