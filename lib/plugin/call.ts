/**
 * What a plugin is called with, as raw text: the variables of CNI 1.1.0,
 * section 2 "Parameters", and the configuration that goes to stdin. Unset and
 * empty are the same.
 *
 * The environment of the process is read into this once, at its edge; calling
 * another plugin means passing a changed copy on.
 */
export interface Call {
  /** `CNI_COMMAND`: ADD, CHECK, DEL, GC, STATUS or VERSION. */
  readonly command: string;
  /** `CNI_CONTAINERID`. */
  readonly containerId: string;
  /** `CNI_NETNS`: the path of the container's network namespace. */
  readonly netns: string;
  /** `CNI_IFNAME`: the interface's name in the container. */
  readonly ifname: string;
  /** `CNI_ARGS`: `K=V;K2=V2`. */
  readonly args: string;
  /** `CNI_PATH`: the folders to look for plugins in, as one text. */
  readonly path: string;
  /** `CNI_NETNS_OVERRIDE`: `1` or `true` allows the plugin's own namespace. */
  readonly netnsOverride: string;
  /**
   * Which plugins of this library have led to this call by delegating; none when
   * absent. Kept in {@linkcode DELEGATIONS} from process to process.
   */
  readonly delegations?: string;
  /**
   * The locks of networks that the runtime holds for this call, so that a
   * runtime that a plugin starts does not wait for them; none when absent. Kept
   * in {@linkcode NETWORK_LOCKS}.
   */
  readonly networkLocks?: string;
  /** The configuration, byte for byte as it stood on stdin. */
  readonly stdin: string;
}

/** How a call ended: what a plugin process leaves behind. */
export interface Reply {
  /** Exit status: 0 for success. */
  readonly status: number;
  /** A result, an error object, version information, or nothing. */
  readonly stdout: string;
  /** Text for people. */
  readonly stderr: string;
}

/**
 * The variable that keeps {@linkcode Call.networkLocks} from process to process:
 * lines of `shared` or `exclusive` and the path of a lock.
 */
export const NETWORK_LOCKS = "CNI_NETWORK_LOCKS";
