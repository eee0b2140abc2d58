/**
 * One run of one machine, from a start of its kernel to the next, as a name
 * that fits a folder: `<machine>.<boot id>`. The machine is its `machine-id`,
 * or its host name if it has none.
 */
export type Boot = string;

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
 * Whether `boot` is another one of the same machine than `now`. Since boots
 * follow each other, it has ended then.
 */
export function isEndedBoot(boot: Boot, now: Boot): boolean {
  // A boot id holds no dot, a host name may.
  const machine = now.slice(0, now.lastIndexOf(".") + 1);
  const isSameMachine = boot.lastIndexOf(".") === machine.length - 1 &&
    boot.startsWith(machine);
  return isSameMachine && boot !== now;
}
