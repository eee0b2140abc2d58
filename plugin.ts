/**
 * For authors of CNI plugins: a plugin is a value made by
 * {@linkcode definePlugin}, and {@linkcode runPlugin} is the protocol around it
 * (environment, stdin, validation, versions, the error object).
 *
 * - {@linkcode Fields} reads keys one by one; {@linkcode readKeys} reads a
 *   table of them, each a value such as {@linkcode integerKey} makes.
 * - {@linkcode dispatch} is the whole protocol from text to text, for tests.
 *
 * @example A plugin that gives the container a search domain
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const plugin = definePlugin({
 *   name: "set-search",
 *   add: ({ config }) =>
 *     Promise.resolve({ ...prevResultOf(config), dns: { search: ["local"] } }),
 *   check: () => Promise.resolve(),
 *   del: () => Promise.resolve(),
 * });
 * assertEquals(plugin.name, "set-search");
 * ```
 *
 * @module
 */
export { createContext, type InvokerOptions } from "./lib/invoke/mod.ts";
export {
  anyKey,
  anyLinkNameKey,
  booleanKey,
  type Call,
  choiceKey,
  type Context,
  definePlugin,
  type DelegateOptions,
  denoProcess,
  dispatch,
  type DispatchOptions,
  dnsKey,
  type Environment,
  type ErrorText,
  type FactsOf,
  fieldsKey,
  type IntegerFacts,
  integerKey,
  type Key,
  type KeyFacts,
  type Keys,
  type KeyType,
  type KeyValues,
  linkNameKey,
  listKey,
  macKey,
  mappedKey,
  type NestFacts,
  objectKey,
  parsedKey,
  type Plan,
  type PlanContext,
  type PlannedAct,
  type Plugin,
  type PluginDefinition,
  type PluginSettings,
  type Process,
  type Read,
  readArgs,
  readKeys,
  readRuntimeConfig,
  type Registry,
  type Reply,
  type Request,
  type Role,
  routesKey,
  runPlugin,
  type RunPluginOptions,
  stringKey,
  type TextFacts,
} from "./lib/plugin/mod.ts";
export {
  type AttachmentId,
  type CniArgs,
  CniCode,
  CniError,
  type CniErrorOptions,
  type Dns,
  dnsOf,
  Fields,
  type IntegerBounds,
  type Interface,
  type IpConfig,
  type Json,
  type JsonObject,
  parseCniArgs,
  type PluginConfig,
  prevResultOf,
  type Result,
  type Route,
  type ValidAttachments,
  validAttachmentsOf,
} from "./lib/spec/mod.ts";
