import { checkPluginName } from "../../lib/invoke/mod.ts";
import type { Keys, Plugin, Registry } from "../../lib/plugin/mod.ts";
import {
  LIST_KEYS,
  parseEitherConfig,
  parsePlugin,
  SHARED_KEYS,
} from "../../lib/runtime/mod.ts";
import { CniError, type JsonObject } from "../../lib/spec/mod.ts";
import { checkKeys, type LocatedObject } from "./check_keys.ts";
import { type Finding, findingAt, pathIn } from "./finding.ts";
import { judgePlugins } from "./judge_plugin.ts";
import {
  jsonOf,
  type Located,
  locateJson,
  memberOf,
  nodeAt,
} from "./locate_json.ts";

/**
 * Finds what is wrong with a network's configuration: syntax, then keys, types
 * and values, then what the plugins of this program say themselves to an ADD.
 *
 * @param text The file's content: a list or a single plugin's configuration.
 * @param registry The plugins of this program.
 * @returns What was found, in the order of the text.
 */
export async function validateConfig(
  text: string,
  registry: Registry,
): Promise<readonly Finding[]> {
  const fault = syntaxFault(text);
  if (fault !== undefined) return [fault];
  const root = locateJson(text);
  if (root.kind !== "object") return [];
  const plugins = memberOf(root.members, "plugins");
  const isSingle = plugins === undefined &&
    memberOf(root.members, "type") !== undefined;
  const items = plugins?.value.kind === "list" ? plugins.value.items : [];
  const listFindings = isSingle
    ? []
    : checkKeys(root, LIST_KEYS, { isExact: true });
  const found = [...listFindings];
  if (isSingle) {
    const place = { network: {}, listFindings, isChained: false, registry };
    found.push(...await checkPlugin(root, place));
  }
  const network = networkOf(text, root);
  for (const [index, object] of items.entries()) {
    if (isSingle || object.kind !== "object") continue;
    const list = root;
    const place = {
      network,
      listFindings,
      list,
      isChained: index > 0,
      registry,
    };
    found.push(...await checkPlugin(object, place));
  }
  if (!hasError(found)) found.push(...loadFault(text, root));
  return withoutRepeats(found).toSorted((a, b) => a.start - b.start);
}

function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** What is said of the network by every plugin is told once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const keys = findings.map(({ message, start }) => `${start} ${message}`);
  return findings.filter((_one, index) => keys.indexOf(keys[index]!) === index);
}

/** The keys of a list that every plugin is sent. */
function networkOf(text: string, list: LocatedObject): JsonObject {
  const { name, cniVersion } = jsonOf(list) as JsonObject;
  try {
    // Chosen from cniVersions too.
    return { name, cniVersion: parseEitherConfig(text).cniVersion };
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return { name, cniVersion };
  }
}

/** Reads the text as a runtime does; a fault of its syntax has a place. */
function syntaxFault(text: string): Finding | undefined {
  try {
    parseEitherConfig(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    const match = /^.*?: line (\d+), column (\d+): (.*)$/s.exec(error.message);
    if (match === null) {
      return isLocatable(text)
        ? undefined
        : { severity: "error", message: error.message, start: 0, end: 1 };
    }
    const [, line, column, reason = ""] = match;
    const before = text.split("\n").slice(0, Number(line) - 1);
    const start = before.join("\n").length + (before.length > 0 ? 1 : 0) +
      Number(column) - 1;
    return { severity: "error", message: reason, start, end: start + 1 };
  }
}

function isLocatable(text: string): boolean {
  try {
    return locateJson(text).kind === "object";
  } catch {
    return false;
  }
}

/** What a runtime says about the whole, if nothing else was found. */
function loadFault(text: string, root: Located): readonly Finding[] {
  const fault = thrownBy(() => parseEitherConfig(text));
  return fault === undefined ? [] : [findingAt(root, "error", String(fault))];
}

/** The {@linkcode CniError} that an act throws, if it does. */
function thrownBy(act: () => unknown): CniError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
}

/** Where a plugin's object stands. */
interface PluginPlace {
  /** The keys of the list that every plugin is sent. */
  readonly network: JsonObject;
  /** What was found in the list's own keys. */
  readonly listFindings: readonly Finding[];
  /** The list, if it stands in one. */
  readonly list?: LocatedObject;
  /** Whether a plugin comes before it. */
  readonly isChained: boolean;
  readonly registry: Registry;
}

async function checkPlugin(
  object: LocatedObject,
  { network, listFindings, list, isChained, registry }: PluginPlace,
): Promise<readonly Finding[]> {
  const { own, ipam } = await pluginsOf(object, registry);
  const json = jsonOf(object) as JsonObject;
  const keys = keysFor({ own, ipam, isSingle: list === undefined });
  const found = checkKeys(object, keys, { isOpen: own === undefined });
  const plugins = [own, ipam].filter((one) => one !== undefined);
  const faults = judgePlugins(plugins, { object: json, network, isChained });
  const isLoaded = thrownBy(() => parsePlugin(json)) === undefined;
  // What plugins of this program have read whole, and not refused.
  const accepted = !isLoaded || faults.length > 0
    ? undefined
    : own !== undefined
    ? object
    : ipam && memberOf(object.members, "ipam")?.value;
  return [
    ...nameFault(object),
    ...found.map((one) => isWithin(accepted, one) ? unread(one) : one),
    ...faults.filter((fault) => !isAmong([...listFindings, ...found], fault))
      .map((fault) => faultFinding(fault, object, list)),
  ];
}

/** The plugins of this program that get the configuration of an object. */
async function pluginsOf(
  object: LocatedObject,
  registry: Registry,
): Promise<{
  readonly own: Plugin | undefined;
  readonly ipam: Plugin | undefined;
}> {
  const own = await registry.get(textAt(object, "type"))?.();
  const isCalling = own === undefined ||
    own.settings?.role === "main" && own.settings.keys.ipam !== undefined;
  const ipamObject = memberOf(object.members, "ipam")?.value;
  if (!isCalling || ipamObject?.kind !== "object") {
    return { own, ipam: undefined };
  }
  const ipam = await registry.get(textAt(ipamObject, "type"))?.();
  return { own, ipam: ipam?.settings?.role === "ipam" ? ipam : undefined };
}

/** The keys that a plugin's object may have. */
function keysFor({ own, ipam, isSingle }: {
  readonly own: Plugin | undefined;
  readonly ipam: Plugin | undefined;
  readonly isSingle: boolean;
}): Keys {
  const isIpam = own?.settings?.role === "ipam";
  const keys: Keys = {
    ...SHARED_KEYS,
    ...(isSingle ? { name: LIST_KEYS.name } : {}),
    ...(isIpam ? {} : own?.settings?.keys),
  };
  const inIpam = isIpam ? own?.settings?.keys : ipam?.settings?.keys;
  if (inIpam === undefined) return keys;
  const { type } = SHARED_KEYS;
  return { ...keys, ipam: { ...keys.ipam!, keys: { type, ...inIpam } } };
}

/** A type that can be no plugin's, in the runtime's words. */
function nameFault(object: LocatedObject): readonly Finding[] {
  const type = textAt(object, "type");
  const fault = type === "" ? undefined : thrownBy(() => checkPluginName(type));
  if (fault === undefined) return [];
  return [findingAt(nodeAt(object, "type"), "error", String(fault))];
}

function isWithin(node: Located | undefined, { start }: Finding): boolean {
  return node !== undefined && node.start <= start && start < node.end;
}

/** A mistake in what the plugin, as it is configured, does not look at. */
function unread(finding: Finding): Finding {
  if (finding.severity !== "error") return finding;
  const message = `${finding.message}; it is not read here`;
  return { ...finding, severity: "warning", message };
}

function isAmong(findings: readonly Finding[], fault: CniError): boolean {
  return findings.some(({ message }) => message === String(fault));
}

function faultFinding(
  fault: CniError,
  object: LocatedObject,
  list: LocatedObject | undefined,
): Finding {
  const path = pathIn(fault);
  const isOfList = ["name", "cniVersion"].includes(path);
  const root = isOfList && list !== undefined ? list : object;
  return findingAt(nodeAt(root, path), "error", String(fault));
}

function textAt(object: LocatedObject, name: string): string {
  const value = memberOf(object.members, name)?.value;
  return value?.kind === "plain" && typeof value.value === "string"
    ? value.value
    : "";
}
