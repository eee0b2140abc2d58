/**
 * One run of one machine, from a start of its kernel to the next, as a name
 * that fits a folder: `<machine>.<boot id>`. The machine is its `machine-id`,
 * or its host name if it has none.
 */
export type Boot = string;

/**
 * The present boot, and after it those that are not over either: a machine that
 * was restored from a checkpoint goes on with what was made in them.
 */
export type Boots = readonly [Boot, ...Boot[]];

/**
 * Reads the boot id, the machine id if there is one, and the host name, each
 * on a line.
 *
 * @returns The boot; `undefined` if the text tells none.
 */
export function parseBoot(text: string): Boot | undefined {
  const [id = "", ...rest] = text.trim().split("\n");
  const machine = rest.find((line) => /^[0-9a-f]{32}$/.test(line)) ??
    rest.at(-1) ?? "";
  const boot = `${machine}.${id}`;
  return isBoot(boot) ? boot : undefined;
}

/** Whether a text is the whole name of a boot: one cut short is not. */
export function isBoot(text: string): text is Boot {
  return /^[\w-][\w.-]*\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}

/**
 * Whether `boot` is of the machine that runs now, and none of `present`. Since
 * boots follow each other, it has ended then.
 */
export function isEndedBoot(boot: Boot, present: Boots): boolean {
  const isSameMachine = machineOf(boot) === machineOf(present[0]);
  return isSameMachine && !present.includes(boot);
}

/** Whether it is the same run of a kernel: the machine's name may change in it. */
export function isSameRun(one: Boot, other: Boot): boolean {
  return one.slice(machineOf(one).length) ===
    other.slice(machineOf(other).length);
}

function machineOf(boot: Boot): string {
  // A boot id holds no dot, a host name may.
  return boot.slice(0, boot.lastIndexOf(".") + 1);
}
