import {
  type Plugin,
  type PluginSettings,
  readRequest,
} from "../../lib/plugin/mod.ts";
import {
  CniError,
  Fields,
  formatJsonLine,
  IMPLIED_VERSION,
  isJsonObject,
  isSpecVersion,
  type JsonObject,
  type Result,
  resultToJson,
} from "../../lib/spec/mod.ts";

/** A plugin's configuration, and where in its network it stands. */
export interface Place {
  /** The plugin's object, as it is written. */
  readonly object: JsonObject;
  /** What the runtime puts in: the network's `name` and `cniVersion`. */
  readonly network: JsonObject;
  /** Whether a plugin comes before it, whose result it is told. */
  readonly isChained: boolean;
}

/**
 * What plugins say to the ADD that a runtime would ask for.
 *
 * Where the object declares capabilities, the runtime may add what is missing:
 * then only that is refused which an example of such values does not mend.
 *
 * @param plugins Those that get the configuration: a plugin and its IPAM plugin.
 * @returns The error of each that refuses.
 */
export function judgePlugins(
  plugins: readonly Plugin[],
  place: Place,
): readonly CniError[] {
  const settings = plugins.flatMap((one) => one.settings ?? []);
  const examples = capabilityExamples(settings, place.object);
  const { runtimeConfig, ...bare } = requestObject(place);
  const given = isJsonObject(runtimeConfig) ? runtimeConfig : {};
  const helped = { ...bare, runtimeConfig: { ...examples, ...given } };
  const hasExamples = Object.keys(examples).length > 0;
  return plugins.flatMap((plugin) => {
    const error = refusal(plugin, requestObject(place));
    if (error === undefined) return [];
    const isMended = hasExamples && refusal(plugin, helped) === undefined;
    return isMended ? [] : [error];
  });
}

function refusal(
  plugin: Plugin,
  object: JsonObject,
): CniError | undefined {
  try {
    const request = readRequest(plugin, {
      command: "ADD",
      containerId: "validate",
      netns: NETNS,
      ifname: IFNAME,
      args: "",
      path: "",
      netnsOverride: "",
      stdin: formatJsonLine(object),
    });
    plugin.settings?.check(request);
    return undefined;
  } catch (error) {
    if (error instanceof CniError) return error;
    throw error;
  }
}

/** The configuration as the runtime would pass it on. */
function requestObject({ object, network, isChained }: Place): JsonObject {
  const version = network.cniVersion || object.cniVersion || IMPLIED_VERSION;
  const prevResult = isChained && isSpecVersion(String(version))
    ? resultToJson(RESULT, String(version))
    : undefined;
  return {
    ...object,
    ...network,
    capabilities: undefined,
    ...(prevResult === undefined ? {} : { prevResult }),
  };
}

/** Examples of the values that a runtime may add. */
function capabilityExamples(
  settings: readonly PluginSettings[],
  object: JsonObject,
): JsonObject {
  const { capabilities } = object;
  if (!isJsonObject(capabilities)) return {};
  const declared = new Fields(capabilities);
  const keys = settings.flatMap((one) =>
    Object.entries(one.capabilities ?? {})
  );
  return Object.fromEntries(
    keys.flatMap(([name, { example }]) =>
      example !== undefined && declared.json(name) === true
        ? [[name, example]]
        : []
    ),
  );
}

const NETNS = "/run/netns/validate";
const IFNAME = "eth0";

/** What a plugin may well have returned. */
const RESULT: Result = {
  interfaces: [
    { name: "cni0", mac: "02:00:00:00:00:01" },
    { name: "veth0", mac: "02:00:00:00:00:02" },
    { name: IFNAME, mac: "02:00:00:00:00:03", sandbox: NETNS },
  ],
  ips: [
    { address: "10.1.0.2/16", gateway: "10.1.0.1", interface: 2 },
    { address: "fd00::2/64", gateway: "fd00::1", interface: 2 },
  ],
  routes: [{ dst: "0.0.0.0/0", gw: "10.1.0.1" }],
};
