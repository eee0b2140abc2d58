/**
 * The runtime's side of CNI: loading network configurations, and attaching
 * containers to networks by calling plugins.
 *
 * @module
 */
export type { AddOptions } from "./add_network.ts";
export type { Attachment } from "./attachment.ts";
export type { CachedAttachment } from "./cache_entry.ts";
export { ConfigFileError } from "./config_file_error.ts";
export { type SyntaxFault, syntaxFaultOf } from "./config_syntax_error.ts";
export { convertResult } from "./convert_result.ts";
export type { CallNotice, OperationOptions } from "./engine.ts";
export type { ConfigWarning } from "./find_extensions.ts";
export type { ValidList } from "./gc_network.ts";
export { LIST_KEYS } from "./list_keys.ts";
export * from "./load_network.ts";
export { SHARED_KEYS } from "./network_keys.ts";
export type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
export type * from "./network_plan.ts";
export {
  parseNetworkConfig,
  parseSingleConfig,
  toListConfig,
} from "./parse_network_config.ts";
export { readFolder } from "./read_config_files.ts";
export {
  type ConfigFile,
  pluginFolderOf,
  type ReadNetwork,
  readNetwork,
} from "./read_network.ts";
export {
  type CacheKey,
  type CacheSnapshot,
  DEFAULT_CACHE_DIR,
  ResultCache,
} from "./result_cache.ts";
export { Runtime, type RuntimeOptions } from "./runtime.ts";
