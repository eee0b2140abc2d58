/** One run of one machine, from a start of its kernel to the next. */
export interface Boot {
  /** Which machine: its `machine-id`, or its host name if it has none. */
  readonly machine: string;
  /** The kernel's boot id, a UUID that is new at every start. */
  readonly id: string;
}

/** Where it is learnt which boot this is. Tests hand in their own. */
export interface BootSource {
  /**
   * The present boot, if it can be had for certain and cheaply: an ADD asks.
   */
  current(): Boot | undefined;
  /**
   * The present boot, from the kernel itself, which costs a child process:
   * whoever reclaims asks. `undefined` if it cannot be known.
   */
  read(): Boot | undefined;
}

/** The source of a system whose boots cannot be told apart. */
export const NO_BOOTS: BootSource = {
  current: () => undefined,
  read: () => undefined,
};

/**
 * Reads the boot id, the machine id if there is one, and the host name, each
 * on a line of its own.
 *
 * @returns The boot; `undefined` if the text tells none.
 */
export function parseBoot(text: string): Boot | undefined {
  const [id = "", ...rest] = text.trim().split("\n");
  const machine = rest.find((line) => /^[0-9a-f]{32}$/.test(line)) ??
    rest.at(-1) ?? "";
  const isBoot = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) &&
    /^[\w-][\w.-]*$/.test(machine);
  return isBoot ? { machine, id } : undefined;
}

/** Writes a boot as the name of a folder. */
export function bootName({ machine, id }: Boot): string {
  return `${machine}.${id}`;
}

/**
 * Whether a name that {@linkcode bootName} wrote is of another boot of the same
 * machine than `now`. Since boots follow each other, it has ended then.
 */
export function isEndedBoot(name: string, now: Boot): boolean {
  // A boot id holds no dot, a host name may.
  const dot = name.lastIndexOf(".");
  return name.slice(0, dot) === now.machine && name.slice(dot + 1) !== now.id;
}
