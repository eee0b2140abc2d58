import type { JsonObject } from "../../lib/spec/mod.ts";
import type { CallRecord } from "../suite/mod.ts";
import type { ProbeCall, ProbeReply } from "./probe.ts";

/** What a runtime may be told to do. */
export type Verb = "add" | "check" | "del" | "gc" | "status";

/** A run of the runtime, and what it made of it. */
export interface RuntimeRun {
  readonly record: CallRecord;
  /** All that it wrote. */
  readonly text: string;
  /** The calls of probes, but for VERSION, in order. */
  readonly calls: readonly ProbeCall[];
}

/**
 * What a case for runtimes plays on: folders of its own with a network of three
 * probe plugins that write down how they are called.
 */
export interface RuntimeStage {
  /** The version of the specification that the network is written in. */
  readonly version: string;
  /** The network's name. */
  readonly network: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** The runtime's own network namespace, as the kernel names it. */
  readonly ownNetns: string;
  /** The folder of the probes. */
  readonly bin: string;
  /**
   * Writes the network's list: the three probes, with `keys` over the list's own
   * and, by the names of probes, over theirs.
   */
  configure(
    keys?: JsonObject,
    plugins?: Readonly<Record<string, JsonObject>>,
  ): void;
  /** Writes any file below the folder of configurations, in place of the list. */
  write(name: string, content: JsonObject): void;
  /** Says how a probe answers a command. */
  reply(type: string, command: string, reply: ProbeReply): void;
  /** As {@linkcode reply}, with an error object and status 1. */
  fail(type: string, command: string, message?: string): void;
  /** Takes a probe away, so that it cannot be found. */
  remove(type: string): void;
  /** Runs the runtime, whatever comes of it; runs are kept for the report. */
  run(
    verb: Verb,
    env?: Readonly<Record<string, string>>,
  ): Promise<RuntimeRun>;
  /**
   * As {@linkcode run}, for what must succeed.
   *
   * @throws {Violation} If the exit status is not 0.
   */
  mustRun(
    verb: Verb,
    env?: Readonly<Record<string, string>>,
  ): Promise<RuntimeRun>;
  /**
   * As {@linkcode run}, for what must fail.
   *
   * @throws {Violation} If the exit status is 0, or it crashed.
   */
  mustFail(
    verb: Verb,
    env?: Readonly<Record<string, string>>,
  ): Promise<RuntimeRun>;
}
