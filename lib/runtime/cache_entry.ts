import {
  CniCode,
  CniError,
  formatJsonLine,
  isJsonObject,
  type Json,
  type JsonObject,
  parseJsonObject,
  sortKeys,
} from "../spec/mod.ts";
import type { Attachment } from "./attachment.ts";

/** An attachment as the cache remembers it. */
export interface CachedAttachment extends Attachment {
  /** The name of the network that the container was attached to. */
  readonly networkName: string;
  /** The network's configuration at that time. */
  readonly config: Uint8Array;
  /** The result of the ADD, in the version that it was returned in. */
  readonly result?: JsonObject;
}

/** What marks a file that holds more than a bare result. */
const KIND = "cniCacheV1";

/**
 * Writes a cache file as the Go library does, key by key.
 */
export function formatCacheEntry(entry: CachedAttachment): string {
  const { args = [], capabilityArgs = {}, result = {} } = entry;
  return formatJsonLine({
    kind: KIND,
    containerId: entry.containerId,
    config: entry.config.toBase64(),
    ifName: entry.ifname,
    networkName: entry.networkName,
    netns: entry.netns || undefined,
    cniArgs: args.length === 0 ? undefined : args,
    capabilityArgs: ifNotEmpty(capabilityArgs),
    result: ifNotEmpty(result),
  });
}

/**
 * Reads a cache file.
 *
 * @param configs The configurations of entries that were read before, by their
 * text: most attachments have the same, which is then kept once.
 * @returns The attachment, or the bare result that older libraries wrote.
 * @throws {CniError} Code 6 if it is neither.
 */
export function parseCacheEntry(
  text: string,
  configs: Map<string, Uint8Array> = new Map(),
): CachedAttachment | { readonly bareResult: JsonObject } {
  const object = parseJsonObject(text, "cached result");
  if (object.kind !== KIND) return { bareResult: object };
  const { capabilityArgs, result } = object;
  return {
    containerId: textOf(object.containerId),
    ifname: textOf(object.ifName),
    networkName: textOf(object.networkName),
    netns: textOf(object.netns),
    config: decodeOnce(textOf(object.config), configs),
    args: pairsOf(object.cniArgs),
    ...(isJsonObject(capabilityArgs) ? { capabilityArgs } : {}),
    ...(isJsonObject(result) ? { result } : {}),
  };
}

function ifNotEmpty(object: JsonObject): JsonObject | undefined {
  return Object.keys(object).length === 0 ? undefined : sortKeys(object);
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function pairsOf(
  value: Json | undefined,
): readonly (readonly [string, string])[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((pair: Json) =>
    Array.isArray(pair) ? [[textOf(pair[0]), textOf(pair[1])] as const] : []
  );
}

function decodeOnce(
  text: string,
  configs: Map<string, Uint8Array>,
): Uint8Array {
  const known = configs.get(text);
  if (known !== undefined) return known;
  const config = decodeBase64(text);
  configs.set(text, config);
  return config;
}

function decodeBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    const message = "Cannot decode cached configuration";
    const details = "config holds no base64";
    const options = { details, cause };
    throw new CniError(CniCode.DecodingFailure, message, options);
  }
}
