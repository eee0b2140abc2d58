/**
 * The runtime's side of CNI, what Go calls libcni: {@linkcode Runtime} attaches
 * containers to networks that {@linkcode loadNetwork} has found, and keeps the
 * results in libcni's own format.
 *
 * - {@linkcode readNetworks} goes through a folder of configurations,
 *   {@linkcode readNetwork} reads one from bytes, with warnings of what other
 *   runtimes cannot read.
 * - {@linkcode ResultCache} is the folder of results by itself.
 * - {@linkcode findPlugin}, {@linkcode execPlugin} and
 *   {@linkcode readAddReply} call a single plugin.
 *
 * @module
 */
export {
  type AddReply,
  checkReply,
  type ExecOptions,
  execPlugin,
  type ExecReply,
  findPlugin,
  type Os,
  type PluginFile,
  readAddReply,
  splitPluginPath,
  type VersionInfo,
} from "./lib/invoke/mod.ts";
export type {
  Call,
  Plan,
  PlannedAct,
  Plugin,
  Registry,
  Reply,
} from "./lib/plugin/mod.ts";
export {
  type AddOptions,
  type Attachment,
  type CachedAttachment,
  type CacheKey,
  type CacheSnapshot,
  type CallNotice,
  type ConfigFile,
  ConfigFileError,
  type ConfigWarning,
  convertResult,
  DEFAULT_CACHE_DIR,
  loadNetwork,
  loadNetworkFile,
  type LoadOptions,
  type NetworkAct,
  type NetworkConfig,
  type NetworkFile,
  type NetworkPlan,
  type NetworkPlugin,
  type OperationOptions,
  parseNetworkConfig,
  parseSingleConfig,
  type PlannedOperation,
  pluginFolderOf,
  type ReadNetwork,
  readNetwork,
  readNetworks,
  ResultCache,
  Runtime,
  type RuntimeOptions,
  toListConfig,
  type ValidList,
} from "./lib/runtime/mod.ts";
export {
  type AttachmentId,
  CniCode,
  CniError,
  type CniErrorOptions,
  type Dns,
  type Interface,
  type IpConfig,
  type Json,
  type JsonObject,
  type Result,
  type Route,
} from "./lib/spec/mod.ts";
export { startTrace, type TraceSink } from "./lib/trace/mod.ts";
