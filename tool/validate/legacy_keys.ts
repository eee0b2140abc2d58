import type { Key, Keys, LegacyKey, LegacyKeys } from "../../lib/plugin/mod.ts";

/** A table of keys in the form that plugins' tables have had so far. */
export function legacyKeys(keys: Keys): LegacyKeys {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, legacyKey(key)]),
  );
}

function legacyKey(
  { description, isRequired, keys, items, ...key }: Key,
): LegacyKey {
  return {
    type: key.type,
    // A sentence became a line in a message: "name is missing: …".
    summary: description.replace(/\.$/, "").replaceAll("`", ""),
    ...(isRequired === undefined ? {} : { isRequired }),
    ...(key.default === undefined ? {} : { default: key.default }),
    ...(keys === undefined ? {} : { keys: legacyKeys(keys) }),
    ...(items === undefined ? {} : { items: legacyKey(items) }),
  };
}
