import type { Import } from "./import_graph.ts";

/**
 * The layers, from the program down to plain values. A file imports from its
 * own folder and from the layers after its own; folders that share a layer do
 * not know each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["cli"],
  ["daemon", "tool", "conformance", "install"],
  ["terminal"],
  ["runtime", "plugins"],
  ["invoke"],
  ["plugin"],
  ["firewall"],
  ["linux"],
  ["state"],
  ["spec"],
  ["net"],
  ["trace"],
];

function rankOf(layer: string): number {
  return LAYERS.findIndex((folders) => folders.includes(layer));
}

/**
 * Files that may use Node's compatibility layer or the path module that asks
 * which system this is: both cost 4 to 12 ms, so these are loaded on first
 * use, off the plugin path.
 */
const LAZY_FILES: readonly string[] = [
  "tool/interactive/clack_prompter.ts",
];

/** What is wrong with each import; nothing if all is well. */
export function importFaults(imports: readonly Import[]): readonly string[] {
  return [
    ...imports.flatMap((one) => {
      const reason = layerFault(one) ?? neighbourFault(one) ?? doorFault(one) ??
        platformFault(one) ?? costFault(one);
      return reason === undefined
        ? []
        : [`${one.from} imports ${one.to}: ${reason}`];
    }),
    ...circles(imports),
  ];
}

/** The layer that a file belongs to; none for scripts, tests and the like. */
function layerOf(file: string): string | undefined {
  if (/^(cli|mod|plugin|runtime|spec|version)\.ts$/.test(file)) return "cli";
  const [, inLib, top] = /^(?:lib\/([^/]+)|([^/]+))\//.exec(file) ?? [];
  return LAYERS.flat().find((layer) => layer === (inLib ?? top));
}

function layerFault({ from, to }: Import): string | undefined {
  const layer = layerOf(from);
  if (layer === undefined) return undefined;
  const target = layerOf(to);
  if (target === undefined) {
    return /^[^:]+\.ts$/.test(to) ? "it belongs to no layer" : undefined;
  }
  if (from.startsWith("lib/") && !to.startsWith("lib/")) {
    return "lib imports from lib only";
  }
  return layer !== target && rankOf(target) <= rankOf(layer)
    ? `${layer} is not above ${target}`
    : undefined;
}

/** The folder that a file is private to, unless it is its `mod.ts`. */
function houseOf(file: string): string {
  const pattern =
    /^(plugins\/(?:main|ipam|meta)\/[^/]+|(?:daemon|tool|install|terminal)(?=\/)|[^/]+\/[^/]+)\//;
  return pattern.exec(file)?.[1] ?? "";
}

function doorFault({ from, to }: Import): string | undefined {
  const isForeign = layerOf(from) !== undefined &&
    layerOf(to) !== undefined && houseOf(to) !== "" &&
    !`${from}/`.startsWith(`${houseOf(to)}/`);
  return isForeign && !to.endsWith("/mod.ts")
    ? `other folders are entered by their mod.ts only`
    : undefined;
}

/** What plugins share has a folder of its own, which none of them enters. */
const SHARED_BY_PLUGINS = "plugins/shared";

function neighbourFault({ from, to }: Import): string | undefined {
  const own = houseOf(from);
  const other = houseOf(to);
  return own.startsWith("plugins/") && other.startsWith("plugins/") &&
      other !== own && other !== SHARED_BY_PLUGINS
    ? `a plugin imports nothing of another: what they share is in ` +
      SHARED_BY_PLUGINS
    : undefined;
}

function platformFault({ from, to, lazy }: Import): string | undefined {
  const target = platformOf(to);
  if (target === undefined || layerOf(from) === undefined) return undefined;
  const own = platformOf(from);
  if (own !== undefined && own !== target) {
    return "files of one platform never import those of another";
  }
  return own === undefined && !lazy && !from.endsWith("/mod.ts")
    ? "without a platform's suffix it must import this on first use"
    : undefined;
}

function platformOf(file: string): string | undefined {
  return /_(linux|windows)\.ts$/.exec(file)?.[1];
}

function costFault({ from, to }: Import): string | undefined {
  const isCostly = to.startsWith("node:") || to === "@std/path" ||
    /^(npm|jsr|https?):/.test(to);
  return isCostly && layerOf(from) !== undefined && !LAZY_FILES.includes(from)
    ? "it costs start-up time, or is no name of the import map"
    : undefined;
}

/** Circles of imports, be they of first use; those of types alone are none. */
function circles(imports: readonly Import[]): readonly string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to, typeOnly } of imports) {
    if (typeOnly) continue;
    targets.set(from, [...targets.get(from) ?? [], to]);
  }
  const found: string[] = [];
  const done = new Set<string>();
  for (const file of targets.keys()) visit(file, []);
  return found;

  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      const circle = [...path.slice(path.indexOf(file)), file];
      found.push(`circle: ${circle.join(" → ")}`);
      return;
    }
    if (done.has(file)) return;
    for (const to of targets.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  }
}

/** Uses of Node's globals in a file's text, which no import shows. */
export function globalFault(file: string, text: string): string | undefined {
  return layerOf(file) !== undefined && !LAZY_FILES.includes(file) &&
      /\bglobalThis\s*(\.|\?\.)\s*process\b/.test(text)
    ? `${file} reads globalThis.process: that costs start-up time`
    : undefined;
}
