import { checkPluginName } from "../../lib/invoke/mod.ts";
import {
  type Keys,
  type Plugin,
  type Registry,
  stringKey,
} from "../../lib/plugin/mod.ts";
import {
  LIST_KEYS,
  type NetworkConfig,
  readNetwork,
  SHARED_KEYS,
  syntaxFaultOf,
} from "../../lib/runtime/mod.ts";
import { CniError, type JsonObject } from "../../lib/spec/mod.ts";
import { checkKeys, type LocatedObject } from "./check_keys.ts";
import { faultFinding } from "./fault_finding.ts";
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
 * @param fault Why a runtime cannot load it, if so.
 * @returns What was found, in the order of the text.
 */
export async function validateConfig(
  text: string,
  registry: Registry,
  fault?: CniError,
): Promise<readonly Finding[]> {
  if (fault !== undefined && !isLocatable(text, fault)) {
    return [faultFinding(text, fault)];
  }
  const root = locateJson(text);
  if (root.kind !== "object") return [];
  const isSingle = memberOf(root.members, "plugins") === undefined &&
    memberOf(root.members, "type") !== undefined;
  const isLoaded = fault === undefined;
  const found = isSingle
    ? [...await checkPlugin(root, { isLoaded, registry })]
    : [...await checkList(root, { text, isLoaded, registry })];
  if (fault !== undefined && !hasError(found)) {
    found.push(faultFinding(text, fault, root.start));
  }
  return withoutRepeats(found).toSorted((a, b) => a.start - b.start);
}

/**
 * Finds what is wrong with a plugin's configuration in a file beside that of
 * its list, which a runtime can load: as {@linkcode validateConfig}.
 *
 * @param text The file's content.
 * @param registry The plugins of this program.
 */
export async function validateFurther(
  text: string,
  registry: Registry,
  { network: { name, cniVersion }, ...rest }: {
    /** The list that the plugin belongs to. */
    readonly network: NetworkConfig;
    /** Whether that is right, so that plugins need not say so as well. */
    readonly isKnown: boolean;
    /** Whether a plugin comes before it. */
    readonly isChained: boolean;
  },
): Promise<readonly Finding[]> {
  const object = locateJson(text);
  if (object.kind !== "object") return [];
  const network = { name, cniVersion };
  const place = { list: object, network, ...rest };
  const found = await checkPlugin(object, { place, isLoaded: true, registry });
  return withoutRepeats(found).toSorted((a, b) => a.start - b.start);
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

async function checkList(
  list: LocatedObject,
  { text, ...options }: {
    readonly text: string;
    readonly isLoaded: boolean;
    readonly registry: Registry;
  },
): Promise<readonly Finding[]> {
  const own = checkKeys(list, LIST_KEYS, { isExact: true });
  const plugins = memberOf(list.members, "plugins")?.value;
  const items = plugins?.kind === "list" ? plugins.items : [];
  const object = jsonOf(list) as JsonObject;
  const network = { name: object.name, cniVersion: versionOf(text, object) };
  const isKnown = !hasError(own);
  const found = [...own];
  for (const [index, item] of items.entries()) {
    if (item.kind !== "object") continue;
    const place = { list, network, isKnown, isChained: index > 0 };
    found.push(...await checkPlugin(item, { ...options, place }));
  }
  return found;
}

/** The version that plugins are sent: it may be chosen from several. */
function versionOf(text: string, { cniVersion }: JsonObject) {
  try {
    return readNetwork({ file: "", content: text }).network.cniVersion;
  } catch (error) {
    if (!(error instanceof CniError)) throw error;
    return cniVersion;
  }
}

/** Whether any of what was found is an error. */
export function hasError(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** What is said of the network by every plugin is told once. */
function withoutRepeats(findings: readonly Finding[]): readonly Finding[] {
  const keys = findings.map(({ message, start }) => `${start} ${message}`);
  return findings.filter((_one, index) => keys.indexOf(keys[index]!) === index);
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

/** Where a plugin's object stands in a list. */
interface PlaceInList {
  readonly list: LocatedObject;
  /** The keys of the list that every plugin is sent. */
  readonly network: JsonObject;
  /** Whether these are right, so that plugins need not say so as well. */
  readonly isKnown: boolean;
  /** Whether a plugin comes before it. */
  readonly isChained: boolean;
}

async function checkPlugin(
  object: LocatedObject,
  { place, isLoaded, registry }: {
    /** Absent for a plugin without a list. */
    readonly place?: PlaceInList;
    /** Whether a runtime can load it. */
    readonly isLoaded: boolean;
    readonly registry: Registry;
  },
): Promise<readonly Finding[]> {
  const { own, ipam } = await pluginsOf(object, registry);
  const keys = keysFor({ own, ipam, isSingle: place === undefined });
  const found = checkKeys(object, keys, { isOpen: own === undefined });
  const faults = judgePlugins([own, ipam].filter((one) => one !== undefined), {
    object: jsonOf(object) as JsonObject,
    network: place?.network ?? {},
    isChained: place?.isChained ?? false,
  });
  // What plugins of this program have read whole, and not refused.
  const accepted = !isLoaded || faults.length > 0
    ? undefined
    : own !== undefined
    ? object
    : ipam && memberOf(object.members, "ipam")?.value;
  return [
    ...nameFault(object),
    ...found.map((one) => isWithin(accepted, one) ? unread(one) : one),
    ...faults.filter((fault) => !isAmong(found, fault))
      .flatMap((fault) => pluginFault(fault, object, place)),
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

/** The name of a network whose only plugin stands without a list. */
const SINGLE_NAME = stringKey({
  description: LIST_KEYS.name.description,
  isRequired: true,
  missing: {
    message: "missing network name",
    details: 'name is absent or empty: give the network one, such as "net1"',
  },
});

/** The keys that a plugin's object may have. */
function keysFor({ own, ipam, isSingle }: {
  readonly own: Plugin | undefined;
  readonly ipam: Plugin | undefined;
  readonly isSingle: boolean;
}): Keys {
  const isIpam = own?.settings?.role === "ipam";
  const keys: Keys = {
    ...SHARED_KEYS,
    ...(isSingle ? { name: SINGLE_NAME } : {}),
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

function pluginFault(
  fault: CniError,
  object: LocatedObject,
  place: PlaceInList | undefined,
): readonly Finding[] {
  const path = pathIn(fault);
  const isOfList = place !== undefined && ["name", "cniVersion"].includes(path);
  if (isOfList && !place.isKnown) return [];
  const root = isOfList ? place.list : object;
  return [findingAt(nodeAt(root, path), "error", String(fault))];
}

function textAt(object: LocatedObject, name: string): string {
  const value = memberOf(object.members, name)?.value;
  return value?.kind === "plain" && typeof value.value === "string"
    ? value.value
    : "";
}
