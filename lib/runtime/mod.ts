/**
 * The runtime's side of CNI: loading network configurations, and attaching
 * containers to networks by calling plugins.
 *
 * @module
 */
export type { AddOptions } from "./add_network.ts";
export type { Attachment } from "./attachment.ts";
export type { CachedAttachment } from "./cache_entry.ts";
export { convertResult } from "./convert_result.ts";
export type { CallNotice, OperationOptions } from "./engine.ts";
export * from "./load_network.ts";
export { LIST_KEYS, SHARED_KEYS } from "./network_keys.ts";
export type { NetworkConfig, NetworkPlugin } from "./network_config.ts";
export type * from "./network_plan.ts";
export * from "./parse_network_config.ts";
export {
  type CacheKey,
  DEFAULT_CACHE_DIR,
  ResultCache,
} from "./result_cache.ts";
export { Runtime, type RuntimeOptions } from "./runtime.ts";
