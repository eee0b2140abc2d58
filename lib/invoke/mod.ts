/**
 * Calling plugins: finding them in `CNI_PATH`, running them as child processes
 * or, where they are part of this program, in this process, and reading what
 * they reply.
 *
 * @module
 */
export * from "./applet_name.ts";
export * from "./check_role.ts";
export * from "./exec_plugin.ts";
export * from "./find_plugin.ts";
export * from "./invoker.ts";
export * from "./plugin_path.ts";
export * from "./plugin_unavailable.ts";
export * from "./probe_version.ts";
export * from "./read_reply.ts";
