import { parseWords, UsageError, type Words } from "../../terminal/mod.ts";
import { isSpecVersion, SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import { CASES } from "../cases/mod.ts";
import { RUNTIME_CASES } from "../cases/runtime/mod.ts";
import { type Format, FORMATS } from "../report/mod.ts";
import { type Scenario, SCENARIOS } from "../differential/mod.ts";
import type { RuntimeCase } from "../runtime/mod.ts";
import { type Case, FAMILIES, type Family, familyOf } from "../suite/mod.ts";
import { FLAGS } from "./flags.ts";
import { unknownName } from "./unknown_name.ts";

/** What a folder of plugins is to be tested with. */
export interface PluginRequest {
  readonly kind: "plugins";
  readonly pluginDir: string;
  /** Only these of it; all if there is none. */
  readonly plugins: readonly string[];
  readonly spec: string | undefined;
  readonly profileFiles: readonly string[];
  readonly profileDir: string | undefined;
  /** A program and its words that stays on each host; none when absent. */
  readonly daemon: readonly string[] | undefined;
  /** Variables of all calls. */
  readonly env: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
  readonly format: Format;
  readonly stages: number;
  readonly callLimitMs: number;
}

/** What the plugins of two folders are to be compared by. */
export interface DifferentialRequest
  extends Omit<PluginRequest, "kind" | "cases"> {
  readonly kind: "differential";
  /** The folder to compare with. */
  readonly against: string;
  /** Lists of explanations: files, or the name of the toolkit's own. */
  readonly explained: readonly string[];
  readonly scenarios: readonly Scenario[];
}

/** What a runtime is to be tested with. */
export interface RuntimeRequest {
  readonly kind: "runtime";
  /** The runtime's command. */
  readonly command: string;
  readonly spec: string | undefined;
  readonly cases: readonly RuntimeCase[];
  readonly format: Format;
  readonly callLimitMs: number;
}

/** What the applet is asked for. */
export type Request =
  | { readonly kind: "help" }
  | { readonly kind: "list"; readonly cases: readonly ListedCase[] }
  | PluginRequest
  | DifferentialRequest
  | RuntimeRequest;

/** What all cases have, those for plugins and those for runtimes. */
export type ListedCase = Pick<Case, "id" | "clause">;

/**
 * Reads the applet's command line.
 *
 * @throws {UsageError} If it is wrong.
 */
export function readRequest(args: readonly string[]): Request {
  const words = parseWords(args, FLAGS);
  if (words.has("help")) return { kind: "help" };
  const [extra] = words.operands;
  if (extra !== undefined) {
    throw new UsageError(`unexpected word: ${JSON.stringify(extra)}`);
  }
  const command = words.value("runtime");
  if (words.has("list")) {
    const all = [...CASES, ...RUNTIME_CASES, ...SCENARIOS.map(listed)];
    return { kind: "list", cases: chosenCases(words, all) };
  }
  const common = {
    spec: readSpec(words.value("spec")),
    format: readFormat(words.value("format")),
    callLimitMs: 1000 *
      readNumber(words, "call-limit", { value: 20, most: 3600 }),
  };
  if (command !== undefined) {
    refuseForRuntime(words);
    const cases = chosenCases(words, RUNTIME_CASES);
    return { kind: "runtime", command, cases, ...common };
  }
  const pluginDir = words.value("plugin-dir");
  if (pluginDir === undefined) {
    throw new UsageError(
      "--plugin-dir and --runtime are missing: name a folder of plugins, or " +
        "a runtime's command",
    );
  }
  const plugins = {
    ...common,
    pluginDir,
    plugins: words.values("plugin"),
    profileFiles: words.values("profile"),
    profileDir: words.value("profile-dir"),
    daemon: readDaemon(words.value("daemon")),
    env: readVariables(words.values("env")),
    stages: readNumber(words, "stages", { value: 2, most: 64 }),
  };
  const against = words.value("against");
  const explained = words.values("explained");
  if (against !== undefined) {
    const scenarios = chosenCases(words, SCENARIOS);
    return { kind: "differential", ...plugins, against, explained, scenarios };
  }
  if (explained.length > 0) {
    throw new UsageError("--explained goes with --against only");
  }
  return { kind: "plugins", ...plugins, cases: chosenCases(words, CASES) };
}

/** A scenario as it stands in the list of cases. */
function listed({ id, about }: Scenario): ListedCase {
  const requirement = `Both plugins do the same ${about}`;
  return { id, clause: { section: "", level: "MUST", requirement } };
}

/** Flags that say something of plugins. */
const FOR_PLUGINS = [
  "against",
  "daemon",
  "env",
  "explained",
  "plugin-dir",
  "plugin",
  "profile",
  "profile-dir",
  "stages",
];

function refuseForRuntime(words: Words): void {
  const flag = FOR_PLUGINS.find((name) => words.has(name));
  if (flag === undefined) return;
  throw new UsageError(
    `--${flag} is for plugins: it does not go with --runtime`,
  );
}

function chosenCases<T extends Pick<ListedCase, "id">>(
  words: Words,
  cases: readonly T[],
): readonly T[] {
  const families = words.values("family");
  for (const name of families) {
    if (!FAMILIES.includes(name as Family)) {
      throw unknownName("family", name, FAMILIES);
    }
  }
  const ids = words.values("case");
  for (const id of ids) {
    if (!cases.some((one) => one.id === id)) {
      throw unknownName("case", id, cases.map((one) => one.id));
    }
  }
  return cases.filter((one) =>
    (families.length === 0 || families.includes(familyOf(one))) &&
    (ids.length === 0 || ids.includes(one.id))
  );
}

function readDaemon(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words[0]?.startsWith("/")) return words;
  throw new UsageError(
    `--daemon is ${JSON.stringify(text)}: expected an absolute path, and ` +
      "words after it",
  );
}

function readVariables(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value];
    throw new UsageError(
      `--env is ${JSON.stringify(text)}: expected NAME=VALUE`,
    );
  }));
}

function readSpec(text: string | undefined): string | undefined {
  if (text === undefined || isSpecVersion(text)) return text;
  throw unknownName("version of the specification", text, SPEC_VERSIONS);
}

function readFormat(text: string = FORMATS[0]): Format {
  const format = FORMATS.find((one) => one === text);
  if (format !== undefined) return format;
  throw unknownName("format", text, FORMATS);
}

function readNumber(
  words: Words,
  name: string,
  { value, most }: { readonly value: number; readonly most: number },
): number {
  const text = words.value(name);
  if (text === undefined) return value;
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
  throw new UsageError(
    `--${name} is ${JSON.stringify(text)}: expected a number from 1 to ${most}`,
  );
}
