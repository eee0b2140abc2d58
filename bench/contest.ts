import type { Background } from "./daemon.ts";
import type { Work } from "./measure_work.ts";

/** A program to run: its words, its variables and its input. */
export interface Run {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Its input; a function is called when the program is started. */
  readonly stdin?: string | (() => string);
  /** Takes what it printed. */
  readonly keep?: (stdout: string) => void;
}

/** What is measured of an act. */
export const UNITS = ["ms", "ms CPU", "MiB"] as const;

/** What is measured of an act: wall time, processor time or peak memory. */
export type Unit = typeof UNITS[number];

/**
 * One act of a side: the programs to run, one after another; a function that
 * does the work or has it done, whose processor time is that of the processes
 * that it starts, and whose memory is that of the side's background; or work
 * that other programs do for it (time and processor time).
 */
export type Act = readonly Run[] | (() => Promise<void>) | Work;

/** Somebody who does the same work as the others of a contest. */
export interface Side {
  readonly name: string;
  /** The acts by name, in the order in which they are done. */
  readonly acts: Readonly<Record<string, Act>>;
  /** What works for it besides the programs that it runs. */
  readonly background?: Background | undefined;
}

/** Work that two or more sides do in turn; the first is ours. */
export interface Contest {
  readonly title: string;
  readonly sides: readonly [Side, ...Side[]];
  /** What to measure; time when absent. */
  readonly units?: readonly Unit[];
  /** At most so many rounds, for what takes long. */
  readonly maxRounds?: number;
  /** Whether a round is told as one act more, the sum of all. */
  readonly hasSum?: boolean;
}

/** Measurements of the same act by us and by another. */
export interface Comparison {
  /** `ADD bridge + host-local`. */
  readonly title: string;
  readonly unit: Unit;
  readonly ours: readonly number[];
  readonly other: readonly number[];
  /** What the other is. */
  readonly otherName: string;
}
