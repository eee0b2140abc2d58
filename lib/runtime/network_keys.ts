import {
  anyKey,
  booleanKey,
  dnsKey,
  listKey,
  objectKey,
  stringKey,
} from "../plugin/mod.ts";

/** The keys that every plugin's object may have. */
export const SHARED_KEYS = {
  type: stringKey({
    description: "The plugin's name: that of its file in CNI_PATH",
    isRequired: true,
    missing: {
      message: "missing 'type'",
      details: 'type is absent or empty: name the plugin, such as "bridge"',
    },
  }),
  name: stringKey({ description: "A name, for messages" }),
  cniVersion: stringKey({ description: "The version of the specification" }),
  capabilities: objectKey({
    description: "What the runtime may hand to the plugin: true for each",
  }),
  ipMasq: booleanKey({ description: "Whether to masquerade", default: false }),
  ipam: objectKey({
    description: "What the IPAM plugin is told, which gives out addresses",
  }),
  dns: dnsKey({ description: "Name resolution in the container" }),
  args: objectKey({ description: "Further arguments of the runtime" }),
  runtimeConfig: objectKey({
    description: "Values for capabilities: the runtime puts them here",
  }),
  prevResult: objectKey({
    description: "The result of the plugin before: the runtime puts it here",
  }),
};

/** The keys of a list of plugins. */
export const LIST_KEYS = {
  cniVersion: stringKey({
    description: "The version of the specification to speak",
  }),
  cniVersions: listKey(stringKey({ description: "A version" }), {
    description: "Further versions, of which the newest is taken",
  }),
  name: stringKey({
    description: "The network's name, one for all hosts",
    isRequired: true,
    missing: {
      message: "missing network name",
      details: 'name is absent or empty: give the network one, such as "net1"',
    },
  }),
  disableCheck: anyKey({
    description: "Makes CHECK succeed without asking",
    default: false,
  }),
  disableGC: anyKey({
    description: "Makes GC succeed without doing anything",
    default: false,
  }),
  loadOnlyInlinedPlugins: anyKey({
    description: "Leaves the folder with further plugins unread",
    default: false,
  }),
  plugins: listKey(objectKey({ description: "A plugin's configuration" }), {
    description: "The plugins, in the order of ADD",
  }),
};
