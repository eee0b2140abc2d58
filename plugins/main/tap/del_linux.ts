import type { Link, Run } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { removeAndRelease } from "../../shared/mod.ts";

/** What was begun before this file was loaded. */
export interface DelStart {
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** The sandbox's links; none if it is gone, or was not given. */
  readonly sandbox: Promise<readonly Link[]>;
}

/**
 * Detaches the container (CNI 1.1.0, section 2, "DEL"): removes the device,
 * then releases the addresses. What is gone already is no error, and only
 * `ipam.type` is read.
 */
export async function delTap(
  request: Request,
  context: Context,
  { run, sandbox }: DelStart,
): Promise<void> {
  await removeAndRelease(request, await sandbox, { context, run });
}
