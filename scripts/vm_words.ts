/** What says where a kernel may be. */
export interface KernelHints {
  /** The value of `VM_KERNEL`. */
  readonly chosen?: string | undefined;
  /** The folder that the checkout is a clone of. */
  readonly origin?: string | undefined;
}

/**
 * Where the machine's kernel is looked for, in order: the chosen one and no
 * other; what `make vm-kernel` has built; one beside the checkout, or beside
 * the one that it was cloned from.
 */
export function kernelPlaces(
  root: string,
  { chosen, origin }: KernelHints = {},
): readonly string[] {
  if (chosen !== undefined && chosen !== "") return [chosen];
  const built = `${root}/build/vm/linux`;
  const folders = origin === undefined ? [root] : [root, origin];
  return [built, ...folders.map((one) => `${one}/../shared/vm/linux`)];
}

/**
 * The kinds of links that a test says it needs, as `"link KIND"`, of those that
 * a kernel may lack: `"link removed"` is a title.
 */
export function kindsIn(text: string): readonly string[] {
  return [...text.matchAll(NEEDED_KIND)].map(([, kind]) => kind ?? "");
}

const NEEDED_KIND = /"link (dummy|ifb|ipvlan|macvlan|vlan|vrf|vxlan)"/g;

/**
 * The exit status of what ran in the machine, by the last line that its init
 * writes, or `undefined` if it did not come to that.
 */
export function machineStatus(text: string): number | undefined {
  const [, status] = /^machine: exit status (\d+)\r?\n*$/m.exec(
    text.slice(text.lastIndexOf("\nmachine: ") + 1),
  ) ?? [];
  return status === undefined ? undefined : Number(status);
}
