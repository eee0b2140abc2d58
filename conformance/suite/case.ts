import type { Stage } from "./stage.ts";
import type { Subject } from "./subject.ts";

/** How much a clause binds (RFC 2119). */
export type Level = "MUST" | "SHOULD" | "MAY";

/** The families of cases; the first part of a case's id. */
export const FAMILIES = [
  "protocol",
  "lifecycle",
  "interface",
  "ipam",
  "chained",
  "delegation",
  "robustness",
  "runtime",
  "differential",
] as const;

/** A family of cases. */
export type Family = typeof FAMILIES[number];

/** What the specification asks for, in our own words. */
export interface Clause {
  /** Where it stands: `CNI 1.1.0, section 2, "DEL"`. */
  readonly section: string;
  readonly level: Level;
  /** One sentence, without a full stop: what is required of whom. */
  readonly requirement: string;
  /** The versions of the specification that say so; absent means all. */
  readonly versions?: readonly string[];
}

/** One clause of the specification, and how it is put to the test. */
export interface Case {
  /** Stable, unique, and beginning with its family: `protocol/unknown-command`. */
  readonly id: string;
  readonly clause: Clause;
  /** Runs once for each version that the plugin accepts, not for one alone. */
  readonly isPerVersion?: boolean;
  /**
   * Why the case does not apply to a plugin, to follow "skipped:"; `undefined`
   * if it does.
   */
  skip?(subject: Subject): string | undefined;
  /**
   * Puts the plugin to the test.
   *
   * @throws {Violation} If it does not conform.
   * @throws {Skip} If it turns out that this cannot be tested here.
   */
  run(stage: Stage): Promise<void>;
}

/** The family of a case. */
export function familyOf({ id }: Pick<Case, "id">): Family {
  const family = FAMILIES.find((one) => id.startsWith(`${one}/`));
  if (family === undefined) throw new TypeError(`"${id}" names no family`);
  return family;
}
