/** Where a step is done: the host's network namespace or the container's. */
export type Place = "host" | "sandbox";

/** One change of the kernel, as data, with what takes it back. */
export type Step = IpStep | SysctlStep;

/** What every step has. */
export interface StepBase {
  /** Where it is done. */
  readonly place: Place;
  /** What the step does, to follow "Cannot": "add address 10.0.0.2/24". */
  readonly purpose: string;
}

/**
 * What reads the line of a step. `ip` infers the family from addresses, but
 * for rules, where it must be told: `ip -6`.
 */
export type StepProgram = "ip" | "ip -6" | "bridge" | "tc";

/** One line of `ip -batch`, of `bridge -batch` or of `tc -batch`. */
export interface IpStep extends StepBase {
  /** Tells the kinds of steps apart. */
  readonly kind: "ip";
  /** The program that reads the line; `ip` when absent. */
  readonly program?: StepProgram;
  /** The words after the program's name. */
  readonly words: readonly string[];
  /** The words that take it back; absent if nothing has to. */
  readonly undo?: readonly string[];
  /** Where it is taken back; where it was done when absent. */
  readonly undoPlace?: Place;
  /** Failing because the object is already there counts as done. */
  readonly mayExist?: boolean;
}

/** One kernel parameter, written only if it has another value. */
export interface SysctlStep extends StepBase {
  /** Tells the kinds of steps apart. */
  readonly kind: "sysctl";
  /** Path below /proc/sys, parts joined by `/`: `net/ipv4/ip_forward`. */
  readonly key: string;
  /** What it is set to. */
  readonly value: string;
  /** Failing, or a kernel without the parameter, counts as done. */
  readonly optional?: boolean;
}

/** Makes an {@linkcode IpStep} of a place, a purpose and words. */
export function ipStep(
  place: Place,
  purpose: string,
  words: readonly (string | number)[],
): IpStep {
  return { kind: "ip", place, purpose, words: words.map(String) };
}

/** Makes a {@linkcode SysctlStep}. */
export function sysctlStep(
  place: Place,
  key: string,
  value: string,
): SysctlStep {
  const purpose = `set the kernel parameter ${key} to ${value}`;
  return { kind: "sysctl", place, purpose, key, value };
}
