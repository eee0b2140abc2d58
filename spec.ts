/**
 * The CNI specification as data: versions, errors, configurations, arguments
 * and results of every published version. Pure: nothing here touches a process,
 * a file or the kernel.
 *
 * @example Write a result in an old version
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const result = { ips: [{ address: "10.0.0.2/24" }] };
 * assertEquals(resultToJson(result, "0.2.0").ip4, { ip: "10.0.0.2/24" });
 * ```
 *
 * @module
 */
export {
  type AttachmentId,
  checkContainerId,
  checkIfname,
  checkNetworkName,
  type CniArgs,
  CniCode,
  CniError,
  type CniErrorOptions,
  compareVersions,
  CURRENT_VERSION,
  type Dns,
  dnsOf,
  errorFromJson,
  errorToJson,
  Fields,
  formatCniArgs,
  formatJson,
  IMPLIED_VERSION,
  type IntegerBounds,
  type Interface,
  type IpConfig,
  isAtLeast,
  isJsonObject,
  isSpecVersion,
  type Json,
  type JsonObject,
  parseCniArgPairs,
  parseCniArgs,
  parseJson,
  parseJsonObject,
  parsePluginConfig,
  parseResult,
  type PluginConfig,
  prevResultOf,
  type Result,
  type ResultFamily,
  resultFamilyOf,
  resultToJson,
  type Route,
  SPEC_VERSIONS,
  type SpecVersion,
  toCniError,
  type ValidAttachments,
  validAttachmentsOf,
  versionsFrom,
  versionsOfFamily,
} from "./lib/spec/mod.ts";
