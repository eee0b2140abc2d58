import {
  Attempts,
  type Context,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  type ValidAttachments,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";
import { acting } from "./acting_linux.ts";
import type { Executor } from "./executor.ts";

/** What a GC needs besides the request. */
export interface Collection extends Executor {
  /** The attachments of the network that stay. */
  readonly valid: ValidAttachments;
  /** Does what may fail without keeping the rest from being done. */
  readonly attempts: Pick<Attempts, "run">;
}

/**
 * Has a plugin remove what belongs to attachments of the network that are not
 * valid any more; nothing where the configuration does not say what is valid
 * (CNI 1.1.0, section 2, "GC").
 *
 * @throws {CniError} What the attempts have thrown, as one.
 */
export async function collectStale(
  request: Request,
  context: Context,
  collect: (request: Request, collection: Collection) => Promise<void>,
): Promise<void> {
  const valid = validAttachmentsOf(request.config);
  if (valid === undefined) return;
  const attempts = new Attempts();
  await acting(
    request,
    context,
    (executor) => collect(request, { ...executor, valid, attempts }),
  );
  attempts.end("Cannot collect all that is stale");
}
