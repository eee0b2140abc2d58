/** Upper bounds of the buckets of durations, in seconds. */
const BUCKETS_S = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

/** A call that has ended. */
export interface EndedCall {
  readonly plugin: string;
  readonly command: string;
  /** The code of the error object; 0 for success. */
  readonly code: number;
  readonly durationMs: number;
}

/** What happens at the moment. */
export interface Load {
  readonly running: number;
  readonly waiting: number;
}

interface Histogram {
  readonly counts: number[];
  sumS: number;
  count: number;
}

/**
 * Counts of a daemon's calls, in the text format of Prometheus. It grows with
 * the kinds of calls, not with their number.
 */
export class Metrics {
  readonly #calls = new Map<string, number>();
  readonly #durations = new Map<string, Histogram>();
  readonly #declined = new Map<string, number>();

  /** Counts a call. */
  record({ plugin, command, code, durationMs }: EndedCall): void {
    const labels = `plugin="${plugin}",command="${command}"`;
    increase(this.#calls, `${labels},code="${code}"`);
    let histogram = this.#durations.get(labels);
    if (histogram === undefined) {
      histogram = { counts: BUCKETS_S.map(() => 0), sumS: 0, count: 0 };
      this.#durations.set(labels, histogram);
    }
    const seconds = durationMs / 1000;
    BUCKETS_S.forEach((bound, index) => {
      if (seconds <= bound) histogram.counts[index]!++;
    });
    histogram.sumS += seconds;
    histogram.count++;
  }

  /** Counts a call that the shim was told to do itself. */
  decline(reason: string): void {
    increase(this.#declined, `reason="${reason}"`);
  }

  /** How many calls were counted. */
  get total(): number {
    return [...this.#calls.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many calls were declined, by reason. */
  get declined(): ReadonlyMap<string, number> {
    return this.#declined;
  }

  /** All counts, and the load, as Prometheus reads them. */
  format({ running, waiting }: Load): string {
    return [
      ...family("cni_calls_total", "counter", "Calls that have ended"),
      ...rows("cni_calls_total", this.#calls),
      ...family(
        "cni_call_duration_seconds",
        "histogram",
        "Duration of calls from their start",
      ),
      ...[...this.#durations].flatMap(([labels, histogram]) =>
        histogramRows("cni_call_duration_seconds", labels, histogram)
      ),
      ...family(
        "cni_calls_declined_total",
        "counter",
        "Calls that the shim was told to do itself",
      ),
      ...rows("cni_calls_declined_total", this.#declined),
      ...family("cni_calls_running", "gauge", "Calls that run now"),
      `cni_calls_running ${running}`,
      ...family("cni_calls_waiting", "gauge", "Calls that wait for their turn"),
      `cni_calls_waiting ${waiting}`,
    ].map((line) => `${line}\n`).join("");
  }
}

function increase(counts: Map<string, number>, labels: string): void {
  counts.set(labels, (counts.get(labels) ?? 0) + 1);
}

function family(name: string, type: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function rows(
  name: string,
  counts: ReadonlyMap<string, number>,
): readonly string[] {
  return [...counts].map(([labels, count]) => `${name}{${labels}} ${count}`);
}

function histogramRows(
  name: string,
  labels: string,
  { counts, count, sumS }: Histogram,
): readonly string[] {
  const bounds = [...BUCKETS_S.map(String), "+Inf"];
  return [
    ...bounds.map((bound, index) =>
      `${name}_bucket{${labels},le="${bound}"} ${counts[index] ?? count}`
    ),
    `${name}_sum{${labels}} ${sumS}`,
    `${name}_count{${labels}} ${count}`,
  ];
}
