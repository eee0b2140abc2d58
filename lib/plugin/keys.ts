import type { Json } from "../spec/mod.ts";
import type { Request } from "./define.ts";

/** What a value must be. */
export type LegacyKeyType =
  | "string"
  | "boolean"
  | "integer"
  | "object"
  | "list"
  | "any";

/** A key of a configuration, as data: for checks, schemas and completion. */
export interface LegacyKey {
  /** What its value must be. */
  readonly type: LegacyKeyType;
  /** What it is for, in a line. */
  readonly summary: string;
  /** Whether it must be there. */
  readonly isRequired?: boolean;
  /** What counts when it is absent; left out if that depends. */
  readonly default?: Json;
  /** The least integer. */
  readonly min?: number;
  /** The greatest integer. */
  readonly max?: number;
  /** All texts that will do. */
  readonly choices?: readonly string[];
  /** What a text must be; the empty one is the same as absent. */
  readonly format?: "address" | "cidr" | "mac";
  /** The keys of an object; absent if it may hold anything. */
  readonly keys?: LegacyKeys;
  /** What a list holds; absent if it may hold anything. */
  readonly items?: LegacyKey;
}

/** LegacyKeys by name. */
export type LegacyKeys = Readonly<Record<string, LegacyKey>>;

/** What is known of a plugin's configuration. */
export interface PluginKeys {
  /** Whether its keys stand in `ipam`, beside those of another plugin. */
  readonly isIpam?: boolean;
  /** Its own keys; for an IPAM plugin, those in `ipam`. */
  readonly keys: LegacyKeys;
  /** LegacyKeys of `runtimeConfig` that it reads, each a capability. */
  readonly capabilities?: LegacyKeys;
  /**
   * Throws a {@linkcode CniError} for what its keys alone cannot tell, such as
   * two that contradict each other.
   */
  check?(request: Request): void;
}

/** The keys of the plugins of this program: name to loader. */
export type KeyRegistry = ReadonlyMap<string, () => Promise<PluginKeys>>;
