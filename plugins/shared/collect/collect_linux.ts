import {
  listLinks,
  parseLinkAlias,
  reasonOf,
  type Run,
  wordLines,
} from "../../../lib/linux/mod.ts";
import { collectMasquerade } from "../../../lib/firewall/mod.ts";
import {
  Attempts,
  type Context,
  type Request,
} from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type ValidAttachments,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";
import { delegateIpam } from "../ipam.ts";

/** Removes one sort of things of attachments that are not valid. */
export type Collect = (valid: ValidAttachments) => Promise<void>;

/**
 * Removes what belongs to attachments of a network that are not valid any
 * more, then has the IPAM plugin do the same (CNI 1.1.0, section 2, "GC").
 * Goes on after an error and throws all of them as one at the end.
 *
 * @param acts What to remove, in order; they are left out where the
 * configuration does not say what is valid.
 */
export async function collectAttachments(
  request: Request,
  context: Context,
  acts: readonly Collect[],
): Promise<void> {
  const valid = validAttachmentsOf(request.config);
  const attempts = new Attempts();
  if (valid !== undefined) {
    for (const act of acts) await attempts.run(() => act(valid));
  }
  await attempts.run(() => delegateIpam(request, context));
  attempts.end("Cannot collect all that is stale");
}

/** Removes the masquerade rules of a network's stale attachments. */
export async function collectAttachmentMasquerade(
  network: string,
  { list }: ValidAttachments,
  run: Run,
): Promise<void> {
  const valid = list.map((one) => ({ network, ...one }));
  await collectMasquerade(network, { run, valid });
}

/** Which links are looked at by {@linkcode collectAliasedLinks}. */
export interface AliasedLinks {
  readonly network: string;
  /** The kernel's kind of link that the plugin makes; others are not its own. */
  readonly linkKind: string;
  /** Runs the commands. */
  readonly run: Run;
}

/**
 * Removes the links in the host that belong to a network's stale attachments.
 * They are known by the alias that an ADD puts on them. Those of the Go plugins
 * have none: they go with their container's namespace.
 *
 * @throws {CniError} Code 999 with the names of those that remain.
 */
export async function collectAliasedLinks(
  { network, linkKind, run }: AliasedLinks,
  valid: ValidAttachments,
): Promise<void> {
  const stale = (await listLinks(run, linkKind)).filter(({ alias }) => {
    const owner = parseLinkAlias(alias);
    return owner?.network === network && !valid.has(owner);
  });
  if (stale.length === 0) return;
  const lines = stale.map(({ name }) => ["link", "del", "dev", name]);
  const args = ["-force", "-batch", "-"];
  const stdin = wordLines(lines);
  const { stderr } = await run({ program: "ip", args, stdin });
  const left = new Set(
    (await listLinks(run, linkKind)).map(({ name }) => name),
  );
  const remaining = stale.filter(({ name }) => left.has(name));
  if (remaining.length === 0) return;
  const names = remaining.map(({ name }) => `"${name}"`).join(", ");
  throw new CniError(CniCode.Internal, `Cannot remove the links ${names}`, {
    details: reasonOf(stderr),
  });
}
