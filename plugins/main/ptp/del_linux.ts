import { type Link, type Run, runCommand } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  removeAndRelease,
  removeAttachmentMasquerade,
  throwFirst,
} from "../../shared/mod.ts";

/** What was begun before this file was loaded. */
export interface DelStart {
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** The sandbox's links; none if it is gone, or was not given. */
  readonly sandbox: Promise<readonly Link[]>;
}

/**
 * Detaches the container (CNI 1.1.0, section 2, "DEL"): removes the pair, then
 * releases the addresses, and removes the masquerade rules meanwhile. What is
 * gone already is no error, and a failing part does not keep the others from
 * being done.
 *
 * Only the keys that say what there is to remove are read: a configuration
 * with a fault elsewhere must not keep a container from being cleaned up.
 */
export async function delPtp(
  request: Request,
  context: Context,
  { run, sandbox }: DelStart,
): Promise<void> {
  const links = await sandbox;
  throwFirst(
    await Promise.allSettled([
      removeAndRelease(request, links, { context, run }),
      // Not in the shell, so that they run beside what is done there.
      removeAttachmentMasquerade(request, links, runCommand),
    ]),
  );
}
