import { type PluginConfig, type Result, SPEC_VERSIONS } from "../spec/mod.ts";
import type { Call } from "./call.ts";
import type { Keys } from "./key.ts";

/** A validated {@linkcode Call}, with its configuration decoded. */
export interface Request extends Call {
  /** The configuration, with the keys that all plugins share decoded. */
  readonly config: PluginConfig;
}

/** What another plugin is called for. */
export interface DelegateOptions {
  /** What it must be, where this program knows what it is. */
  readonly role?: Role;
}

/**
 * What a plugin is for: it makes an interface, is called for addresses, or comes
 * after others in a list.
 */
export type Role = "main" | "ipam" | "meta";

/** What a plugin may ask of its surroundings. */
export interface Context {
  /**
   * Calls another plugin with `call`: in this process where it is part of
   * this program, as a child process otherwise (CNI 1.1.0, section 4).
   *
   * @param type The plugin's name, looked up in `call.path`.
   * @returns The result of an ADD; an empty one for every other command.
   * @throws {CniError} The plugin's own error, or why it could not be called;
   * code 7 if it cannot do what it is called for, or delegations go round in
   * a circle.
   */
  delegate(
    type: string,
    call: Call,
    options?: DelegateOptions,
  ): Promise<Result>;
  /**
   * Says that a `delegate` of the same kind is to come, so that the plugin can
   * be loaded while there is nothing else to do.
   */
  preload(type: string, call: Call): void;
  /**
   * Whether a `delegate` would call a plugin that is not part of this program,
   * and so may need what this program's own do without; `false` if there is
   * none of that name.
   */
  isForeign(type: string, call: Call): boolean;
  /** Tells a person something that is no error; it goes to stderr. */
  warn(message: string): void;
}

/** One thing that a command would do. */
export interface PlannedAct {
  /** What it is for, to follow "would": "add address 10.0.0.2/24 to eth0". */
  readonly purpose: string;
  /** The command as a person would type it; absent if there is none. */
  readonly command?: string;
}

/** What a command would do, in order, and what it would return. */
export interface Plan {
  /** What would be done, in order. */
  readonly acts: readonly PlannedAct[];
  /** The result that an ADD would have. */
  readonly result?: Result;
}

/** What a plugin may ask of its surroundings when it only plans. */
export interface PlanContext {
  /** Has another plugin plan, as {@linkcode Context.delegate} has it act. */
  plan(type: string, call: Call, options?: DelegateOptions): Promise<Plan>;
}

/** What a plugin may be told, as data, and what it refuses. */
export interface PluginSettings {
  /** Its own keys; for an IPAM plugin, those in `ipam`. */
  readonly keys: Keys;
  /** Keys of `runtimeConfig` that it reads, each a capability. */
  readonly capabilities?: Keys;
  /** Keys of `args.cni` that it reads. */
  readonly args?: Keys;
  /** What it is for. */
  readonly role: Role;
  /**
   * Throws what an ADD would, as far as the request alone tells: values that
   * will not do, keys that contradict each other, folders that this program
   * may not use, a missing `prevResult`.
   */
  check(request: Request): void;
}

/**
 * A plugin as a value: what it is called, what it speaks and what it does.
 * Each function gets a validated request; what it throws becomes the error
 * object (a {@linkcode CniError} as it is, anything else with code 999).
 */
export interface Plugin {
  /** The name of the executable, and `type` in a configuration. */
  readonly name: string;
  /** The versions of the specification that it accepts. */
  readonly versions: readonly string[];
  /** Attaches the container (CNI 1.1.0, section 2, "ADD"). */
  add(request: Request, context: Context): Promise<Result>;
  /** Verifies that the attachment is as `prevResult` says ("CHECK"). */
  check(request: Request, context: Context): Promise<void>;
  /** Detaches; succeeds when there is nothing left to detach ("DEL"). */
  del(request: Request, context: Context): Promise<void>;
  /** Removes what belongs to no valid attachment ("GC"). */
  gc?(request: Request, context: Context): Promise<void>;
  /** Throws if an ADD could not be served now ("STATUS"). */
  status?(request: Request, context: Context): Promise<void>;
  /**
   * Says what ADD, CHECK or DEL would do, by the request's command, and does
   * none of it. Outside the specification: `cni tool add --plan` shows it.
   */
  plan?(request: Request, context: PlanContext): Promise<Plan>;
  /** What it may be told: for validation, completion, the schema and docs. */
  readonly settings?: PluginSettings;
}

/** What {@linkcode definePlugin} takes: a plugin whose versions may be left out. */
export type PluginDefinition =
  & Omit<Plugin, "versions">
  & Partial<Pick<Plugin, "versions">>;

/**
 * Makes a {@linkcode Plugin} of its parts. Without `versions` it accepts every
 * published version of the specification.
 */
export function definePlugin(definition: PluginDefinition): Plugin {
  return { versions: SPEC_VERSIONS, ...definition };
}
