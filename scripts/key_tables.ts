/**
 * Writes the tables of keys in the pages of the plugins, between
 * `<!-- keys -->` and `<!-- /keys -->`, from the definitions that the plugins
 * read by. `<!-- keys ipam.ranges[][] -->` is for the keys of what stands there.
 *
 * @module
 */
import type { Key, Keys, PluginSettings } from "../lib/plugin/mod.ts";
import { pluginSettings } from "./plugin_settings.ts";
import { PROJECT_ROOT } from "./project.ts";

/** The page of a plugin. */
export function pageFile(plugin: string): string {
  return `${PROJECT_ROOT}/docs/plugins/${plugin}.md`;
}

/**
 * A page with its tables as they should be.
 *
 * @throws {TypeError} If a table is asked for keys that the plugin has not.
 */
export function withKeyTables(page: string, settings: PluginSettings): string {
  return page.replace(
    /<!-- keys ?(\S*) -->[^]*?<!-- \/keys -->/g,
    (_block, path: string) => {
      const rows = path === ""
        ? allRows(settings)
        : rowsOf(keysAt(settings, path), "");
      const mark = path === "" ? "keys" : `keys ${path}`;
      return `<!-- ${mark} -->\n\n${tableText(rows)}\n\n<!-- /keys -->`;
    },
  );
}

const HEAD = ["key", "type", "default", "meaning"];

/** All that may stand in a configuration, by where it stands. */
function allRows(
  { keys, capabilities = {}, args = {}, role }: PluginSettings,
): readonly (readonly string[])[] {
  const declared = Object.entries(capabilities).map(([name, key]) => {
    const description = `${key.description} (capability \`${name}\`)`;
    return [name, { ...key, description }] as const;
  });
  return [
    ...rowsOf(keys, role === "ipam" ? "ipam." : ""),
    ...rowsOf(Object.fromEntries(declared), "runtimeConfig."),
    ...rowsOf(args, "args.cni."),
  ];
}

function rowsOf(keys: Keys, prefix: string): readonly (readonly string[])[] {
  return Object.entries(keys).map(([name, key]) => [
    `\`${prefix}${name}\``,
    key.holds ?? key.type,
    defaultText(key),
    meaning(key),
  ]);
}

function defaultText(
  { isRequired, default: value, defaultText }: Key,
): string {
  if (isRequired) return "required";
  if (defaultText !== undefined) return defaultText;
  if (value === undefined) return "none";
  const isPlain = typeof value === "boolean" || typeof value === "number";
  if (isPlain) return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return `\`${text}\``;
}

function meaning({ description, deprecated }: Key): string {
  const note = deprecated === undefined
    ? ""
    : `. Deprecated: use \`${deprecated}\``;
  return `${description}${note}`.replaceAll("|", "\\|");
}

/** The keys of the objects at a path such as `ipam.ranges[][]`. */
function keysAt(
  { keys, capabilities = {}, role }: PluginSettings,
  path: string,
): Keys {
  const roots: Readonly<Record<string, Keys>> = {
    runtimeConfig: capabilities,
    ...(role === "ipam" ? { ipam: keys } : {}),
  };
  const [first = "", ...rest] = path.split(/\.|(?=\[)/);
  const root = roots[first];
  const steps = root === undefined ? [first, ...rest] : rest;
  let found: Keys | undefined = root ?? keys;
  let key: Key | undefined;
  for (const step of steps) {
    key = step === "[]" ? key?.items : found?.[step];
    found = key?.keys;
  }
  if (found === undefined) throw new TypeError(`${path} has no keys`);
  return found;
}

/** A table as `deno fmt` leaves it. */
function tableText(rows: readonly (readonly string[])[]): string {
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_title, column) =>
    Math.max(...all.map((row) => row[column]!.length))
  );
  const lineOf = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const padded = all.map((row) =>
    lineOf(row.map((cell, column) => cell.padEnd(widths[column]!)))
  );
  const rule = lineOf(widths.map((width) => "-".repeat(width)));
  return [padded[0], rule, ...padded.slice(1)].join("\n");
}

if (import.meta.main) {
  for (const [plugin, settings] of await pluginSettings()) {
    const file = pageFile(plugin);
    const page = await Deno.readTextFile(file);
    await Deno.writeTextFile(file, withKeyTables(page, settings));
  }
}
