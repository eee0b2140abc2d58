import type { PlannedAct } from "../plugin/mod.ts";
import type { JsonObject } from "../spec/mod.ts";

/** What can be planned. */
export type PlannedOperation = "add" | "check" | "del";

/** One thing that an operation on a network would do. */
export interface NetworkAct extends PlannedAct {
  /** The type of the plugin in the chain; absent for what the runtime does. */
  readonly plugin?: string;
}

/** What an operation on a network would do. */
export interface NetworkPlan {
  /** What would be done, in order. */
  readonly acts: readonly NetworkAct[];
  /**
   * The result that an ADD would have, in the network's version, as far as it
   * can be told: what plugins of other programs would make of it is not.
   */
  readonly result?: JsonObject;
}
