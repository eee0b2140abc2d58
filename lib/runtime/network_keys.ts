import {
  booleanKey,
  dnsKey,
  fieldsKey,
  type Key,
  type Keys,
  objectKey,
  stringKey,
} from "../plugin/mod.ts";
import { Fields } from "../spec/mod.ts";

const CAPABILITIES = objectKey({
  description: "What the runtime may hand to the plugin: true for each.",
});

/** The keys of a plugin's object that a runtime reads. */
export const RUNTIME_KEYS = {
  type: stringKey({
    description: "The plugin's name: that of its file in `CNI_PATH`.",
  }),
  name: stringKey({ description: "A name, for messages." }),
  cniVersion: stringKey({ description: "The version of the specification." }),
  ipam: fieldsKey({
    type: stringKey({ description: "The IPAM plugin's name." }),
  }, {
    description: "What the IPAM plugin is told, which gives out addresses.",
  }),
  dns: objectKey({ description: "Name resolution in the container." }),
  prevResult: objectKey({
    description: "The result of the plugin before: the runtime puts it here.",
  }),
  capabilities: {
    ...CAPABILITIES,
    /** @returns The names of those that are true. */
    read: (value, path) => {
      const object = CAPABILITIES.read(value, path) ?? {};
      const flags = new Fields(object, path);
      return Object.keys(object).filter((name) => flags.boolean(name));
    },
  } as Key<readonly string[]>,
} satisfies Keys;

/** The keys that every plugin's object may have. */
export const SHARED_KEYS = {
  ...RUNTIME_KEYS,
  type: stringKey({
    description: RUNTIME_KEYS.type.description,
    isRequired: true,
    missing: {
      message: "missing 'type'",
      details: 'type is absent or empty: name the plugin, such as "bridge"',
    },
  }),
  // What stands in it is left to the plugins that read it.
  dns: dnsKey({ description: RUNTIME_KEYS.dns.description }),
  // Its other keys are the IPAM plugin's.
  ipam: { ...RUNTIME_KEYS.ipam, keys: undefined },
  ipMasq: booleanKey({ description: "Whether to masquerade.", default: false }),
  args: objectKey({ description: "Further arguments of the runtime." }),
  runtimeConfig: objectKey({
    description: "Values for capabilities: the runtime puts them here.",
  }),
} satisfies Keys;
