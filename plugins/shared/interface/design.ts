import type {
  ApplyOptions,
  Run,
  Step,
  UndoStack,
} from "../../../lib/linux/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";
import type { Interface } from "../../../lib/spec/mod.ts";
import type { Addressing } from "../addresses.ts";

/** What an ADD is going to do: all is decided before anything is done. */
export interface Design {
  /** Makes the link, or begins to, where no step can; done before `link`. */
  readonly first?: DesignedAct | undefined;
  /** The steps that make the link, with what takes them back. */
  readonly link: readonly Step[];
  /**
   * The steps that have the container find the link under its name, up, with
   * its hardware address. Done after `link` for an IPAM plugin of others, which
   * may look for all that; else `finish` has them.
   */
  readonly ready: readonly Step[];
  /** Takes back what the undo of the steps cannot; done after it. */
  undo?(run: Run): Promise<void>;
  /** Adds firewall rules of the link's own, before it can send anything. */
  rules?(tools: RuleTools): Promise<void>;
  /**
   * The interfaces of the result; the container's is the one with `sandbox`.
   * The hardware address of one in the host is read again at the end.
   */
  readonly interfaces: readonly Interface[];
  /**
   * What is done to the link when its addresses are known.
   *
   * @param addressing What the IPAM plugin gave; absent without one.
   * @throws {CniError} If these addresses will not do.
   */
  finish(addressing: Addressing | undefined, options?: FinishOptions): Finish;
  /** The interface's MTU where the configuration does not say it, in bytes. */
  readonly mtuBytes?: number | undefined;
  /** What has to pass traffic before the container is handed over. */
  readonly awaited?: AwaitedLink | undefined;
  /** How duplicate address detection is awaited. */
  readonly detection?: Detection;
}

/** What no step can say: how a plan shows it, and what does it. */
export interface DesignedAct {
  readonly planned: PlannedAct;
  /** Does it, and pushes what takes it back. */
  act(options: ApplyOptions): Promise<void>;
}

/** What {@linkcode Design.rules} is done with. */
export interface RuleTools {
  readonly run: Run;
  readonly undo: UndoStack;
}

/** How {@linkcode Design.finish} finds the link. */
export interface FinishOptions {
  /** Whether the steps of `ready` are done. */
  readonly isReady?: boolean | undefined;
}

/** What makes a link, that is there, the container's interface. */
export interface Finish {
  readonly host?: readonly Step[];
  /** The last one shows the interface if it gets IPv6: see `interfaceSteps`. */
  readonly sandbox: readonly Step[];
  /** What the result says of addresses, if not just what IPAM gave. */
  readonly addressing?: Addressing | undefined;
}

/** A link in the host that has to pass traffic. */
export interface AwaitedLink {
  /** Its name in the host. */
  readonly name: string;
  /** What it is, for the message: "bridge port". */
  readonly what: string;
}

/** How the kernel's search for another owner of an address is awaited. */
export interface Detection {
  /** What is said of one that does not end. */
  readonly remedy?: string;
  /** Whether it does not even begin on a link without a carrier. */
  readonly needsCarrier?: boolean;
}
