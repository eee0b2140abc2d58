import type { JsonObject } from "../../lib/spec/mod.ts";
import type { Subject } from "./subject.ts";

/** A call of a plugin, with what came of it. */
export interface CallRecord {
  /** The executable's path. */
  readonly program: string;
  /** The variables that it was given, `CNI_*` among them. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Exit status; 128 and more for a signal. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Whether it was ended because it took too long. */
  readonly timedOut: boolean;
  readonly timeMs: number;
}

/** How a call differs from what a stage would make of it. */
export interface CallOptions {
  /** An object, or the very text or bytes; {@linkcode Stage.config} when absent. */
  readonly stdin?: JsonObject | string | Uint8Array;
  /** Another plugin of the folder, or a path. */
  readonly plugin?: string;
  readonly containerId?: string;
  readonly netns?: string;
  readonly ifname?: string;
  readonly args?: string;
  readonly path?: string;
  /** Variables over all others; `undefined` leaves one out. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A network namespace of a stage. */
export interface StageNetns {
  readonly path: string;
  /** Runs `ip` in it, words parted by spaces; must succeed. Returns stdout. */
  ip(words: string): Promise<string>;
  /** Runs any program in it. */
  run(
    words: readonly string[],
    stdin?: string,
  ): Promise<
    {
      readonly status: number;
      readonly stdout: string;
      readonly stderr: string;
    }
  >;
}

/** What a stage names, so that no other has the same. */
export interface StageNames {
  /** The network: `name` of the configuration. */
  readonly network: string;
  /** For a bridge. */
  readonly bridge: string;
  /** For a device on the host; with a letter after it, it is still valid. */
  readonly device: string;
  /** For state on disk; not made yet, and nobody else sees it. */
  readonly dataDir: string;
}

/** A container of a stage. */
export interface StageSandbox extends StageNetns {
  readonly containerId: string;
  readonly ifname: string;
  /** Removes the namespace, as a runtime may before a DEL. */
  remove(): Promise<void>;
}

/**
 * What a case plays on: a host in a network namespace of its own, in which the
 * plugin is called. `/var/lib/cni`, `/run/cni` and `/run/netns` are its own too:
 * who looks into them must do so by {@linkcode StageNetns.run}. All is removed
 * when the case ends.
 */
export interface Stage {
  readonly subject: Subject;
  /** The version of the specification that this run is about. */
  readonly version: string;
  /** The namespace that plugins are run in. */
  readonly host: StageNetns;
  /**
   * A folder of the stage's own, under the same path for the plugin and for
   * this program.
   */
  readonly scratchDir: string;
  readonly names: StageNames;
  /** Makes a container. */
  addSandbox(): Promise<StageSandbox>;
  /**
   * Does in a container what an interface plugin does that stands before in a
   * chain: a pair of links with an address and a route.
   *
   * @returns Its result, in the shape of the stage's version.
   */
  addPrevious(sandbox: StageSandbox): Promise<JsonObject>;
  /**
   * The configuration for stdin: that of the profile, or else the least that
   * every plugin gets, with `keys` over it. A key that is `undefined` is left
   * out. Texts are filled in as by {@linkcode fill}, those of `keys` too.
   */
  config(keys?: Readonly<Record<string, unknown>>): JsonObject;
  /** Puts this stage's values for `{bridge}` and the like into a text. */
  fill(text: string): string;
  /** Calls the plugin, whatever comes of it. Calls are kept for the report. */
  call(
    command: string,
    sandbox: StageSandbox | undefined,
    options?: CallOptions,
  ): Promise<CallRecord>;
  /** As {@linkcode call}, for one that must succeed; returns its stdout as JSON. */
  mustCall(
    command: string,
    sandbox: StageSandbox | undefined,
    options?: CallOptions,
  ): Promise<JsonObject | undefined>;
  /**
   * As {@linkcode call}, for one that must fail: status not 0, exactly one
   * error object on stdout with a code (one of `codes` if given) and a message.
   */
  mustFail(
    command: string,
    sandbox: StageSandbox | undefined,
    options?: CallOptions & { readonly codes?: readonly number[] },
  ): Promise<JsonObject>;
}
