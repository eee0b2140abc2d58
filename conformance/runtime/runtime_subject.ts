import type { CallRecord } from "../suite/mod.ts";

/** A runtime that is put to the test. */
export interface RuntimeSubject {
  /** Its command, as it was given. */
  readonly name: string;
  /** Path of the container's network namespace. */
  readonly netns: string;
  /** The network namespace that it runs in, as the kernel names it. */
  readonly ownNetns: string;
  /** Runs it: `add NETWORK NETNS`. */
  run(
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<CallRecord>;
}
