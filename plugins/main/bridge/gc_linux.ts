import {
  collectMasquerade,
  type Link,
  parseLinkAlias,
  parseLinks,
  parseShown,
  reasonOf,
  type Run,
  runCommand,
  wordLines,
} from "../../../lib/linux/mod.ts";
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
import { ipamTypeOf } from "./config.ts";
import { spoofComment } from "./spoof_check.ts";
import { listSpoofRules, removeSpoofRules } from "./spoof_check_linux.ts";

/**
 * Removes what belongs to attachments of this network that are not valid any
 * more: pairs, masquerade rules, spoof-check rules; then has the IPAM plugin
 * do the same (CNI 1.1.0, section 2, "GC"). Goes on after an error and throws
 * all of them as one at the end.
 *
 * Pairs are known by the alias that an ADD of this plugin puts on them. Those
 * of the Go plugin bear none: they go with their container's namespace.
 */
export async function collectBridge(
  request: Request,
  context: Context,
): Promise<void> {
  const valid = validAttachmentsOf(request.config);
  const attempts = new Attempts();
  if (valid !== undefined) {
    const network = request.config.name;
    const run = runCommand;
    const owners = valid.list.map((one) => ({ network, ...one }));
    await attempts.run(() => removeStaleLinks(network, valid, run));
    await attempts.run(() =>
      collectMasquerade(network, { run, valid: owners })
    );
    // Last, as the links tell which of these rules are stale.
    await attempts.run(() => removeStaleSpoofRules(valid, run));
  }
  const ipamType = ipamTypeOf(request.config.fields);
  if (ipamType !== undefined) {
    await attempts.run(async () =>
      void await context.delegate(ipamType, request)
    );
  }
  attempts.end("Cannot collect all that is stale");
}

async function removeStaleLinks(
  network: string,
  valid: ValidAttachments,
  run: Run,
): Promise<void> {
  const stale = (await listLinks(run)).filter(({ alias }) => {
    const owner = parseLinkAlias(alias);
    return owner?.network === network && !valid.has(owner);
  });
  if (stale.length === 0) return;
  const lines = stale.map(({ name }) => ["link", "del", "dev", name]);
  const args = ["-force", "-batch", "-"];
  const stdin = wordLines(lines);
  const { stderr } = await run({ program: "ip", args, stdin });
  const left = new Set((await listLinks(run)).map(({ name }) => name));
  const remaining = stale.filter(({ name }) => left.has(name));
  if (remaining.length === 0) return;
  const names = remaining.map(({ name }) => `"${name}"`).join(", ");
  throw new CniError(CniCode.Internal, `Cannot remove the links ${names}`, {
    details: reasonOf(stderr),
  });
}

// The rules do not say which network they are of. One whose link is gone does
// nothing any more, whosever it was.
async function removeStaleSpoofRules(
  valid: ValidAttachments,
  run: Run,
): Promise<void> {
  const rules = await listSpoofRules(run);
  if (rules.length === 0) return;
  const names = new Set((await listLinks(run)).map(({ name }) => name));
  const validComments = new Set(valid.list.map(spoofComment));
  const stale = rules.filter(({ comment, hostName }) =>
    !validComments.has(comment) && hostName !== "" && !names.has(hostName)
  );
  await removeSpoofRules(stale, run);
}

async function listLinks(run: Run): Promise<readonly Link[]> {
  const args = ["-j", "link", "show"];
  const { status, stdout, stderr } = await run({ program: "ip", args });
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, "Cannot list links", {
    details: reasonOf(stderr),
  });
}
