/** A rule, a chain or a link in the host, and whose it is. */
export interface Owned {
  /** What it is: `iptables chain CNI-DN-0123`. */
  readonly what: string;
  /** The name of the network; absent where it tells none. */
  readonly network?: string;
  /** The container's id, or the beginning of it. */
  readonly containerId: string;
  /** Whether the id was cut. */
  readonly isCut?: boolean;
  /** What removes it; GC of the network when absent. */
  readonly remedy?: string;
}
