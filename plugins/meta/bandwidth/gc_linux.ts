import {
  parseLinkAlias,
  parseLinks,
  parseShown,
  reasonOf,
  removalFaults,
  type Run,
  runCommand,
  wordLines,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  validAttachmentsOf,
} from "../../../lib/spec/mod.ts";

/**
 * Removes the links of attachments of this network that are not valid any more
 * (CNI 1.1.0, section 2, "GC"). They are known by the alias that an ADD of this
 * plugin puts on them; those of the Go plugin bear none. Limits of a pair go
 * with the pair.
 */
export async function collectLimits({ config }: Request): Promise<void> {
  const valid = validAttachmentsOf(config);
  if (valid === undefined) return;
  const run = runCommand;
  const stale = (await listIfbs(run)).filter(({ alias }) => {
    const owner = parseLinkAlias(alias);
    return owner?.network === config.name && !valid.has(owner);
  });
  if (stale.length === 0) return;
  const lines = stale.map(({ name }) => ["link", "del", "dev", name]);
  const args = ["-force", "-batch", "-"];
  const stdin = wordLines(lines);
  const { stderr } = await run({ program: "ip", args, stdin });
  const faults = removalFaults(stderr);
  if (faults === "") return;
  throw new CniError(CniCode.Internal, "Cannot collect all that is stale", {
    details: faults,
  });
}

async function listIfbs(run: Run) {
  const args = ["-j", "link", "show", "type", "ifb"];
  const { status, stdout, stderr } = await run({ program: "ip", args });
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, "Cannot list links", {
    details: reasonOf(stderr),
  });
}
