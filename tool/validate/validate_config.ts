import type {
  KeyRegistry,
  LegacyKey,
  LegacyKeys,
  PluginKeys,
  Request,
} from "../../lib/plugin/mod.ts";
import {
  LIST_KEYS as LIST,
  parseSingleConfig,
  SHARED_KEYS as SHARED,
  syntaxFaultOf,
} from "../../lib/runtime/mod.ts";
import {
  CniError,
  formatJsonLine,
  type JsonObject,
  parsePluginConfig,
} from "../../lib/spec/mod.ts";
import { checkKeys, type LocatedObject } from "./check_keys.ts";
import { faultFinding } from "./fault_finding.ts";
import type { Finding } from "./finding.ts";
import { legacyKeys } from "./legacy_keys.ts";
import { type Located, locateJson, memberOf, nodeAt } from "./locate_json.ts";

const LIST_KEYS = legacyKeys(LIST);
const SHARED_KEYS = legacyKeys(SHARED);

/**
 * Finds what is wrong with a network's configuration: syntax, then keys, types
 * and values, then what the plugins of this program say themselves.
 *
 * @param text The file's content: a list or a single plugin's configuration.
 * @param registry What the plugins of this program may be told.
 * @param fault Why a runtime cannot load it, if so.
 * @returns What was found, in the order of the text.
 */
export async function validateConfig(
  text: string,
  registry: KeyRegistry,
  fault?: CniError,
): Promise<readonly Finding[]> {
  if (fault !== undefined && !isLocatable(text, fault)) {
    return [faultFinding(text, fault)];
  }
  const root = locateJson(text);
  if (root.kind !== "object") return [];
  const plugins = memberOf(root.members, "plugins");
  const isSingle = plugins === undefined &&
    memberOf(root.members, "type") !== undefined;
  const own = isSingle ? [] : checkKeys(root, LIST_KEYS, { isExact: true });
  const items = plugins?.value.kind === "list" ? plugins.value.items : [];
  const objects = isSingle ? [root] : items.filter(isObject);
  const found = [...own];
  // Plugins are told the network's name, so that has to be right first.
  for (const object of hasError(own) ? [] : objects) {
    const list = isSingle ? undefined : root;
    found.push(...await checkPlugin(object, { text, list, registry }));
  }
  if (fault !== undefined && !hasError(found)) {
    found.push(faultFinding(text, fault, root.start));
  }
  return found.toSorted((a, b) => a.start - b.start);
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

function isObject(node: Located): node is LocatedObject {
  return node.kind === "object";
}

/** Whether there is an object in which to look further. */
function isLocatable(text: string, fault: CniError): boolean {
  if (syntaxFaultOf(fault) !== undefined) return false;
  try {
    return locateJson(text).kind === "object";
  } catch {
    return false;
  }
}

async function checkPlugin(
  object: LocatedObject,
  { text, list, registry }: {
    readonly text: string;
    /** The list that it stands in, if it does. */
    readonly list: LocatedObject | undefined;
    readonly registry: KeyRegistry;
  },
): Promise<readonly Finding[]> {
  const own = await registry.get(textAt(object, "type"))?.();
  const ipamObject = memberOf(object.members, "ipam")?.value;
  const ipamType = ipamObject?.kind === "object"
    ? textAt(ipamObject, "type")
    : "";
  const ipam = await registry.get(ipamType)?.();
  const keys = keysFor({ own, ipam, isSingle: list === undefined });
  // Of a plugin that is not ours, the other keys are not known.
  const found = checkKeys(object, keys).filter(({ severity, message }) =>
    own !== undefined || severity === "error" ||
    !message.startsWith("unknown key") || message.includes('"ipam.')
  );
  if (hasError(found)) return found;
  const json = withNetwork(text, object, list);
  const checks = [own, ipam].flatMap((one) => one?.check ? [one] : []);
  return [...found, ...checks.flatMap((one) => ownFault(one, json, object))];
}

function keysFor({ own, ipam, isSingle }: {
  readonly own: PluginKeys | undefined;
  readonly ipam: PluginKeys | undefined;
  readonly isSingle: boolean;
}): LegacyKeys {
  const all = [own, ipam].flatMap((one) => one === undefined ? [] : [one]);
  const ipamKeys = all.find((one) => one.isIpam)?.keys;
  const keys: Record<string, LegacyKey> = {
    ...SHARED_KEYS,
    ...(own?.isIpam ? {} : own?.keys),
  };
  if (isSingle) keys.name = { ...LIST_KEYS.name! };
  if (ipamKeys !== undefined) {
    keys.ipam = { ...SHARED_KEYS.ipam!, keys: ipamKeys };
  }
  return keys;
}

/** The configuration as the plugin gets it. */
function withNetwork(
  text: string,
  object: LocatedObject,
  list: LocatedObject | undefined,
): JsonObject {
  const json = jsonOf(text, object);
  if (list === undefined) return json;
  const { name, cniVersion } = jsonOf(text, list);
  return { ...json, name, ...(cniVersion === undefined ? {} : { cniVersion }) };
}

function jsonOf(text: string, object: LocatedObject): JsonObject {
  // Read by the same parser as everything else, so that comments do no harm.
  const own = text.slice(object.start, object.end);
  const wrapped = `{"type":"x","it":${own}}`;
  const { raw } = parseSingleConfig(wrapped).plugins[0]!;
  return raw.it as JsonObject;
}

function ownFault(
  { check }: PluginKeys,
  json: JsonObject,
  object: LocatedObject,
): readonly Finding[] {
  try {
    check?.(requestOf(json));
    return [];
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    const path = pathIn(error);
    const { start, end } = nodeAt(object, path);
    const isWhole = start === object.start;
    // "Cannot use mtu" says nothing beside "mtu is 13: …".
    const isPlain = error.message === `Cannot use ${path}`;
    return [{
      severity: "error",
      message: isPlain ? error.details : String(error),
      start,
      end: isWhole ? start + 1 : end,
    }];
  }
}

/** The key that an error of a plugin names. */
function pathIn({ message, details }: CniError): string {
  const [, path = ""] = /^Cannot use ([\w.[\]]+)/.exec(message) ??
    /^([\w.[\]]+) is /.exec(details) ?? [];
  return path;
}

function requestOf(json: JsonObject): Request {
  return {
    command: "ADD",
    containerId: "validate",
    netns: "/run/netns/validate",
    ifname: "eth0",
    args: "",
    path: "",
    netnsOverride: "",
    stdin: formatJsonLine(json),
    config: parsePluginConfig(json),
  };
}

function textAt(object: LocatedObject, name: string): string {
  const value = memberOf(object.members, name)?.value;
  return value?.kind === "plain" && typeof value.value === "string"
    ? value.value
    : "";
}
