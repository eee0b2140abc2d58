import {
  anyKey,
  type Key,
  type Keys,
  type KeyValues,
  listKey,
  objectKey,
  stringKey,
} from "../plugin/mod.ts";
import {
  CniCode,
  CniError,
  invalidValue,
  type Json,
  type JsonObject,
} from "../spec/mod.ts";

/** How the Go library's messages about a list begin. */
export const LIST_FAULT = "error parsing configuration list";

const NAME = worded(
  stringKey({ description: "The network's name, one for all hosts." }),
  (value) => `invalid name type ${goTypeOf(value)}`,
);

const PLUGIN = objectKey({ description: "A plugin's configuration." });

const PLUGINS = worded<readonly Json[] | undefined>(
  {
    ...listKey(PLUGIN, { description: "The plugins, in the order of ADD." }),
    // What stands in it is read plugin by plugin.
    read: (value, path) => {
      if (value === undefined || Array.isArray(value)) return value;
      throw invalidValue(path, value, "a list of objects");
    },
  },
  (value) => `invalid 'plugins' type ${goTypeOf(value)}`,
);

/**
 * The keys of a list of plugins, whose names match to the letter. They refuse
 * with the Go library's words, which callers match.
 */
export const LIST_KEYS = {
  name: {
    ...NAME,
    isRequired: true,
    read: (value, path) => {
      const name = NAME.read(value, path);
      if (name !== undefined) return name;
      throw listError("no name", 'give the network one, such as "net1"');
    },
  } as Key<string>,
  cniVersion: worded(
    stringKey({
      description: "The version of the specification to speak.",
      default: "",
    }),
    (value) => `invalid cniVersion type ${goTypeOf(value)}`,
  ),
  cniVersions: worded(
    listKey(stringKey({ description: "A version.", isEmptyValue: true }), {
      description: "Further versions, of which the newest is taken.",
    }),
    (value) => `invalid type for cniVersions${wrongItemOf(value)}`,
  ),
  disableCheck: flag("disableCheck", "Makes CHECK succeed without asking."),
  disableGC: flag("disableGC", "Makes GC succeed without doing anything."),
  loadOnlyInlinedPlugins: flag(
    "loadOnlyInlinedPlugins",
    "Leaves the folder with further plugins unread.",
  ),
  plugins: {
    ...PLUGINS,
    read: (value, path) => {
      const plugins = PLUGINS.read(value, path);
      if (plugins?.length !== 0) return plugins;
      throw listError("no plugins in list", "plugins is []: name at least one");
    },
  } as Key<readonly Json[] | undefined>,
} satisfies Keys;

/**
 * Reads the keys of a list.
 *
 * @throws {CniError} Code 7 for the first that will not do.
 */
export function readListKeys(object: JsonObject): KeyValues<typeof LIST_KEYS> {
  const values = Object.entries<Key>(LIST_KEYS).map(([name, key]) => {
    try {
      return [name, key.read(object[name], name)] as const;
    } catch (error) {
      if (!(error instanceof CniError) || name in object) throw error;
      const { code, message } = error;
      const details = misspelt(object, name) ?? error.details;
      throw new CniError(code, message, { details, cause: error });
    }
  });
  return Object.fromEntries(values) as KeyValues<typeof LIST_KEYS>;
}

/** Says that a key of a list is there in other letters, if it is. */
export function misspelt(object: JsonObject, name: string): string | undefined {
  const twin = Object.keys(object).find((key) =>
    key !== name && key.toLowerCase() === name.toLowerCase()
  );
  return twin && `found ${JSON.stringify(twin)} instead of ` +
      `${JSON.stringify(name)}: upper and lower case matter in a list's keys`;
}

/** The error for a list, in the Go library's words. */
export function listError(reason: string, details: string): CniError {
  const message = `${LIST_FAULT}: ${reason}`;
  return new CniError(CniCode.InvalidConfig, message, { details });
}

/** A key that refuses with the Go library's words, and null with them. */
function worded<T>(key: Key<T>, reason: (value: Json) => string): Key<T> {
  return {
    ...key,
    read: (value, path) => {
      try {
        if (value === null) throw invalidValue(path, null, key.expected);
        return key.read(value, path);
      } catch (error) {
        if (!(error instanceof CniError)) throw error;
        throw listError(reason(value as Json), error.details);
      }
    },
  };
}

/** A flag, which may also be written as a text. */
function flag(name: string, description: string): Key<boolean> {
  const expected = "true or false";
  const key: Key<boolean> = {
    ...anyKey({ description, default: false }),
    expected,
    read: (value, path) => {
      const text = typeof value === "string" ? value.toLowerCase() : value;
      if (text === undefined) return false;
      if (text === true || text === "true") return true;
      if (text === false || text === "false") return false;
      throw invalidValue(path, value, expected);
    },
  };
  return worded(
    key,
    (value) =>
      typeof value === "string"
        ? `invalid value ${JSON.stringify(value.toLowerCase())} for ${name}`
        : `invalid type ${goTypeOf(value)} for ${name}`,
  );
}

function wrongItemOf(list: Json): string {
  if (!Array.isArray(list)) return `: ${goTypeOf(list)}`;
  const index = list.findIndex((item) => typeof item !== "string");
  return ` index ${index}: ${goTypeOf(list[index])}`;
}

/** What the Go library calls the type of a JSON value. */
function goTypeOf(value: Json): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return "[]interface {}";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float64";
    case "string":
      return "string";
    default:
      return "map[string]interface {}";
  }
}
