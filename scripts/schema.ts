/**
 * Writes the JSON Schema of network configurations, made from the definitions
 * of keys that the program itself checks by.
 *
 * @module
 */
import type { Key, Keys, PluginSettings } from "../lib/plugin/mod.ts";
import { LIST_KEYS, SHARED_KEYS } from "../lib/runtime/mod.ts";
import type { JsonObject } from "../lib/spec/mod.ts";
import { pluginSettings } from "./plugin_settings.ts";
import { PROJECT_ROOT } from "./project.ts";

/** The schema's file. */
export const SCHEMA_FILE = `${PROJECT_ROOT}/schema/cni.schema.json`;

/** The schema as the file's text. */
export async function schemaText(): Promise<string> {
  return `${JSON.stringify(schemaFor(await pluginSettings()), null, 2)}\n`;
}

function schemaFor(
  plugins: ReadonlyMap<string, PluginSettings>,
): JsonObject {
  const mains = [...plugins].filter(([, { role }]) => role !== "ipam");
  const ipams = [...plugins].filter(([, { role }]) => role === "ipam");
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "CNI network configuration",
    description: "A list of plugins, or the configuration of a single one",
    if: { required: ["type"], not: { required: ["plugins"] } },
    then: {
      allOf: [{ $ref: "#/definitions/plugin" }],
      required: ["name"],
    },
    else: { $ref: "#/definitions/list" },
    definitions: {
      list: {
        ...objectSchema(LIST_KEYS),
        properties: {
          ...properties(LIST_KEYS),
          plugins: {
            description: summaryOf(LIST_KEYS.plugins),
            type: "array",
            minItems: 1,
            items: { $ref: "#/definitions/plugin" },
          },
        },
      },
      plugin: {
        ...objectSchema(SHARED_KEYS),
        properties: {
          ...properties(SHARED_KEYS),
          type: typeSchema(mains.map(([name]) => name)),
          ipam: { $ref: "#/definitions/ipam" },
        },
        allOf: mains.map(([name, own]) => ifType(name, pluginSchema(own))),
      },
      ipam: {
        type: "object",
        description: summaryOf(SHARED_KEYS.ipam),
        required: ["type"],
        properties: { type: typeSchema(ipams.map(([name]) => name)) },
        allOf: ipams.map(([name, { keys }]) =>
          ifType(name, objectSchema(keys))
        ),
      },
    },
  };
}

/** A plugin's own keys, and the capabilities that it may declare. */
function pluginSchema(
  { keys, capabilities = {}, args }: PluginSettings,
): JsonObject {
  const declared = Object.entries(capabilities).map(([name, key]) =>
    [name, { type: "boolean", description: summaryOf(key) }] as const
  );
  const { required, properties } = objectSchema(keys);
  return {
    ...(required === undefined ? {} : { required }),
    properties: {
      ...properties as JsonObject,
      ...(declared.length === 0 ? {} : {
        capabilities: { properties: Object.fromEntries(declared) },
      }),
      ...(args === undefined
        ? {}
        : { args: { properties: { cni: objectSchema(args) } } }),
    },
  };
}

/** The names that are known are offered; any other will do as well. */
function typeSchema(names: readonly string[]): JsonObject {
  return {
    description: summaryOf(SHARED_KEYS.type),
    type: "string",
    minLength: 1,
    examples: names,
  };
}

function ifType(name: string, schema: JsonObject): JsonObject {
  return {
    if: { properties: { type: { const: name } }, required: ["type"] },
    then: schema,
  };
}

function objectSchema(keys: Keys): JsonObject {
  const required = Object.keys(keys).filter((name) => keys[name]?.isRequired);
  return {
    type: "object",
    ...(required.length === 0 ? {} : { required }),
    properties: properties(keys),
  };
}

function properties(keys: Keys): JsonObject {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, keySchema(key)]),
  );
}

function keySchema(key: Key): JsonObject {
  return {
    description: summaryOf(key),
    ...(key.default === undefined ? {} : { default: key.default }),
    ...valueSchema(key),
  };
}

/** The first sentence of a description, which stands alone. */
function summaryOf({ description }: Key): string {
  return description.split(/[.;](?: |$)/, 1)[0]!;
}

function valueSchema(key: Key): JsonObject {
  const { min, max, choices, items, keys } = key;
  switch (key.type) {
    case "any":
      return {};
    case "list":
      return {
        type: "array",
        ...(items === undefined ? {} : { items: keySchema(items) }),
      };
    case "object":
      return keys === undefined ? { type: "object" } : objectSchema(keys);
    case "integer":
      return {
        type: "integer",
        ...(min === undefined ? {} : { minimum: min }),
        ...(max === undefined ? {} : { maximum: max }),
      };
    case "boolean":
      return { type: "boolean" };
    case "string":
      return {
        type: "string",
        ...(choices === undefined ? {} : { enum: choices }),
        ...(key.example === undefined ? {} : { examples: [key.example] }),
      };
  }
}

if (import.meta.main) {
  await Deno.mkdir(`${PROJECT_ROOT}/schema`, { recursive: true });
  await Deno.writeTextFile(SCHEMA_FILE, await schemaText());
}
