/**
 * What the plugins that come after others in a list have in common: their verbs
 * around what each decides, and how it is done, or only planned.
 *
 * @module
 */
export * from "./attachment_notes.ts";
export * from "./attachment_owner.ts";
export * from "./note_attachment.ts";
export * from "./chained_plugin_linux.ts";
export type * from "./collection_linux.ts";
export type * from "./executor.ts";
export * from "./is_container_interface.ts";
export * from "./require_chained.ts";
