import { DNS_KEY, type LegacyKeys } from "../plugin/mod.ts";

/** The keys that every plugin's object may have. */
export const SHARED_KEYS: LegacyKeys = {
  type: {
    type: "string",
    summary: "The plugin's name: that of its file in CNI_PATH",
    isRequired: true,
  },
  name: { type: "string", summary: "A name, for messages" },
  cniVersion: {
    type: "string",
    summary: "The version of the specification",
  },
  capabilities: {
    type: "object",
    summary: "What the runtime may hand to the plugin: true for each",
  },
  ipMasq: { type: "boolean", summary: "Whether to masquerade", default: false },
  ipam: {
    type: "object",
    summary: "What the IPAM plugin is told, which gives out addresses",
  },
  dns: DNS_KEY,
  args: {
    type: "object",
    summary: "Further arguments of the runtime",
  },
  runtimeConfig: {
    type: "object",
    summary: "Values for capabilities: the runtime puts them here",
  },
  prevResult: {
    type: "object",
    summary: "The result of the plugin before: the runtime puts it here",
  },
};

/** The keys of a list of plugins. */
export const LIST_KEYS: LegacyKeys = {
  cniVersion: {
    type: "string",
    summary: "The version of the specification to speak",
  },
  cniVersions: {
    type: "list",
    summary: "Further versions, of which the newest is taken",
    items: { type: "string", summary: "A version" },
  },
  name: {
    type: "string",
    summary: "The network's name, one for all hosts",
    isRequired: true,
  },
  disableCheck: {
    type: "any",
    summary: "Makes CHECK succeed without asking",
    default: false,
  },
  disableGC: {
    type: "any",
    summary: "Makes GC succeed without doing anything",
    default: false,
  },
  loadOnlyInlinedPlugins: {
    type: "any",
    summary: "Leaves the folder with further plugins unread",
    default: false,
  },
  plugins: {
    type: "list",
    summary: "The plugins, in the order of ADD",
    items: { type: "object", summary: "A plugin's configuration" },
  },
};
