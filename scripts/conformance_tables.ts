/** What is read of a run's JSON (`cni conformance --format json`). */
export interface RunJson {
  readonly plugins: readonly {
    readonly name: string;
    readonly counts: Readonly<Record<string, number>>;
  }[];
  readonly outcomes: readonly OutcomeJson[];
}

/** An outcome in a run's JSON. */
export interface OutcomeJson {
  readonly id: string;
  readonly plugin: string;
  readonly version: string;
  readonly verdict: string;
  readonly reason: string;
  readonly clause: {
    readonly section: string;
    readonly level: string;
    readonly requirement: string;
  };
}

/**
 * Why a plugin deviates: by `CASE PLUGIN`, or by `CASE` for all that do.
 */
export type Explanations = Readonly<Record<string, string>>;

/** A run's tables, and what in it nobody has explained. */
export interface Tables {
  /** Markdown. */
  readonly text: string;
  /** `CASE PLUGIN: REASON` of each deviation without an explanation. */
  readonly unexplained: readonly string[];
  /** Explanations of what does not happen. */
  readonly idle: readonly string[];
}

/** Writes a run as tables: the counts, the deviations, what was left out. */
export function tablesOf(run: RunJson, explanations: Explanations): Tables {
  const deviations = run.outcomes.filter(({ verdict }) =>
    verdict !== "passed" && verdict !== "skipped"
  );
  const keys = new Set(deviations.flatMap(keysOf));
  return {
    text: [
      countTable(run),
      deviations.length === 0
        ? "Every clause is kept.\n"
        : deviationTable(deviations, explanations),
      skipTable(run.outcomes),
    ].join("\n"),
    unexplained: deviations
      .filter((one) => explanationOf(one, explanations) === undefined)
      .map(({ id, plugin, reason }) => `${id} ${plugin}: ${reason}`),
    idle: Object.keys(explanations).filter((key) => !keys.has(key)),
  };
}

const COUNTED = ["passed", "failed", "warned", "skipped", "broken"];

function countTable({ plugins }: RunJson): string {
  return table(
    ["plugin", ...COUNTED],
    plugins.map(({ name, counts }) => [
      name,
      ...COUNTED.map((verdict) => String(counts[verdict] ?? 0)),
    ]),
  );
}

/** A row for each case and explanation, with the plugins that it is about. */
function deviationTable(
  deviations: readonly OutcomeJson[],
  explanations: Explanations,
): string {
  const groups = Map.groupBy(deviations, (one) =>
    JSON.stringify([
      rankOf(one),
      one.id,
      explanationOf(one, explanations) ?? one.reason,
    ]));
  const rows = [...groups].toSorted(([a], [b]) => a < b ? -1 : 1);
  return table(
    ["case", "level", "plugins", "required", "clause", "what happens"],
    rows.map(([key, group]) => {
      const { id, clause } = group[0]!;
      const [, , why] = JSON.parse(key) as string[];
      const { level, requirement, section } = clause;
      const plugins = [...new Set(group.map(({ plugin }) => plugin))];
      return [
        `\`${id}\``,
        level,
        plugins.join(", "),
        requirement,
        section,
        why!,
      ];
    }),
  );
}

/** What fails stands before what is but warned of. */
function rankOf({ verdict }: OutcomeJson): number {
  return ["broken", "failed", "warned"].indexOf(verdict);
}

function keysOf({ id, plugin }: OutcomeJson): readonly string[] {
  return [`${id} ${plugin}`, id];
}

function explanationOf(
  outcome: OutcomeJson,
  explanations: Explanations,
): string | undefined {
  return keysOf(outcome).map((key) => explanations[key])
    .find((text) => text !== undefined);
}

function skipTable(outcomes: readonly OutcomeJson[]): string {
  const skipped = outcomes.filter(({ verdict }) => verdict === "skipped");
  const groups = Map.groupBy(
    skipped,
    ({ plugin, reason }) => reason.replaceAll(plugin, "the plugin"),
  );
  return table(
    ["left out because", "plugins", "cases"],
    [...groups].map(([reason, group]) => [
      reason,
      [...new Set(group.map(({ plugin }) => plugin))].join(", "),
      String(group.length),
    ]),
  );
}

function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map(cellOf).join(" | ")} |\n`;
  return line(head) + line(head.map(() => "---")) + rows.map(line).join("");
}

function cellOf(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
