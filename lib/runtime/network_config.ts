import type { JsonObject } from "../spec/mod.ts";

/** A network as a runtime knows it (CNI 1.1.0, section 1). */
export interface NetworkConfig {
  /**
   * Whether it was written as a list, or as a single plugin's configuration
   * without a list around it, as before 1.0.0.
   */
  readonly kind: "list" | "single";
  /** The network's name, as written: it is checked when it is used. */
  readonly name: string;
  /** The version to speak, chosen from `cniVersions` too; empty is 0.1.0. */
  readonly cniVersion: string;
  /** Makes CHECK succeed without asking the plugins. */
  readonly disableCheck: boolean;
  /** Makes GC succeed without doing anything. */
  readonly disableGC: boolean;
  /** Leaves the network's folder of further plugins unread. */
  readonly loadOnlyInlinedPlugins: boolean;
  /** The chain, in the order of ADD. */
  readonly plugins: readonly NetworkPlugin[];
  /** The bytes that it was read from; a cached result keeps a copy. */
  readonly source: Uint8Array;
}

/** A plugin in a {@linkcode NetworkConfig}. */
export interface NetworkPlugin {
  /** The name of the executable. */
  readonly type: string;
  /** A name that the plugin's object bears by itself, for messages. */
  readonly name?: string;
  /** The capabilities that it declares to have. */
  readonly capabilities: readonly string[];
  /** The object as written: what the plugin is sent is made from it. */
  readonly raw: JsonObject;
}
