import type { JsonObject } from "../../lib/spec/mod.ts";

/** What a plugin does in a chain. */
export type PluginKind = "interface" | "ipam" | "chained";

/** What a profile may say that a plugin does beyond the specification's MUSTs. */
export type Promised =
  /** CHECK notices a changed link. */
  | "check-link"
  /** CHECK notices an address that is gone. */
  | "check-address"
  /** CHECK notices a route that is gone. */
  | "check-route"
  /** GC frees what belongs to no valid attachment. */
  | "gc"
  /** STATUS fails when an ADD could not be served. */
  | "status"
  /** A failed ADD leaves nothing behind. */
  | "rollback"
  /** The container's interface has the configured `mtu`. */
  | "mtu"
  /** The interface gets the MAC address that was asked for. */
  | "mac"
  /** A second ADD of the same attachment succeeds. */
  | "add-twice"
  /** The addresses go through the plugin named in `ipam`. */
  | "ipam";

/**
 * What cases for a type of plugin must know: a JSON file, `PLUGIN.json`. In its
 * texts `{network}`, `{bridge}`, `{device}`, `{dataDir}`, `{scratch}` and
 * `{ifname}` stand for values that each stage makes unique.
 */
export interface Profile {
  /** The plugin's name. */
  readonly plugin: string;
  readonly kind: PluginKind;
  /** One sentence for the report. */
  readonly about?: string;
  /** The plugin's keys, besides `cniVersion`, `name` and `type`. */
  readonly config: JsonObject;
  /** What is passed as `runtimeConfig`. */
  readonly runtimeConfig?: JsonObject;
  /** `CNI_ARGS` of its calls. */
  readonly args?: string;
  /** What it promises. */
  readonly promises: readonly Promised[];
  /** Programs that must be installed, and kinds of links that the kernel must have. */
  readonly needs?: {
    readonly programs?: readonly string[];
    readonly links?: readonly string[];
  };
  /**
   * What each stage sets up in its host before a call, as words for `ip`:
   * `["link add {device} type veth peer name {device}p"]`.
   */
  readonly setup?: readonly string[];
  /**
   * Configurations, keys over {@linkcode config}, that must be refused, by what
   * is wrong with them; for the robustness cases.
   */
  readonly refused?: Readonly<Record<string, JsonObject>>;
}
