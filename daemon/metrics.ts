/** Upper bounds of the buckets of durations, in seconds. */
const BUCKETS_S = [
  ...[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
];

/** The commands of the specification; a caller may send any word. */
const COMMANDS = ["ADD", "CHECK", "DEL", "GC", "STATUS", "VERSION"];

/** A call that has ended. */
export interface EndedCall {
  readonly plugin: string;
  readonly command: string;
  /** The code of the error object; 0 for success. */
  readonly code: number;
  readonly durationMs: number;
}

/** A kind of calls that are counted together. */
export type CountedCall = Omit<EndedCall, "durationMs">;

/** Counts of calls and of those declined, by reason. */
export interface MetricsSummary {
  readonly calls: readonly (CountedCall & { readonly count: number })[];
  readonly declined: Readonly<Record<string, number>>;
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
  readonly #calls = new Map<string, { call: CountedCall; count: number }>();
  readonly #durations = new Map<string, Histogram>();
  readonly #declined = new Map<string, number>();

  /** Counts a call; of an unknown command as one of "other". */
  record({ plugin, code, durationMs, ...call }: EndedCall): void {
    const command = COMMANDS.includes(call.command) ? call.command : "other";
    const labels = `plugin="${plugin}",command="${command}"`;
    const key = `${labels},code="${code}"`;
    const counted = this.#calls.get(key) ??
      { call: { plugin, command, code }, count: 0 };
    counted.count++;
    this.#calls.set(key, counted);
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
    this.#declined.set(reason, (this.#declined.get(reason) ?? 0) + 1);
  }

  /** All counts, for programs. */
  summary(): MetricsSummary {
    return {
      calls: [...this.#calls.values()].map(({ call, count }) => ({
        ...call,
        count,
      })),
      declined: Object.fromEntries(this.#declined),
    };
  }

  /** All counts, and the load, as Prometheus reads them. */
  format({ running, waiting }: Load): string {
    return [
      ...family("cni_calls_total", "counter", "Calls that have ended"),
      ...[...this.#calls].map(([labels, { count }]) =>
        `cni_calls_total{${labels}} ${count}`
      ),
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
      ...[...this.#declined].map(([reason, count]) =>
        `cni_calls_declined_total{reason="${reason}"} ${count}`
      ),
      ...family("cni_calls_running", "gauge", "Calls that run now"),
      `cni_calls_running ${running}`,
      ...family("cni_calls_waiting", "gauge", "Calls that wait for their turn"),
      `cni_calls_waiting ${waiting}`,
    ].map((line) => `${line}\n`).join("");
  }
}

function family(name: string, type: string, help: string): readonly string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
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
