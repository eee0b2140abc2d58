import type { Key, Keys } from "../plugin/mod.ts";

/** Name resolution, in a configuration and in a result. */
const DNS: Key = {
  type: "object",
  summary: "Name resolution in the container",
  keys: {
    nameservers: {
      type: "list",
      summary: "Name servers, the preferred one first",
      items: { type: "string", summary: "An address" },
    },
    domain: { type: "string", summary: "The local domain" },
    search: {
      type: "list",
      summary: "Domains to complete short names with",
      items: { type: "string", summary: "A domain" },
    },
    options: {
      type: "list",
      summary: "Options of the resolver",
      items: { type: "string", summary: "As in resolv.conf: ndots:5" },
    },
  },
};

/** The keys that every plugin's object may have. */
export const SHARED_KEYS: Keys = {
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
  dns: DNS,
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
export const LIST_KEYS: Keys = {
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
