import {
  findSandbox,
  type IpStep,
  type Link,
  parseLinks,
  parseShown,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { isOtherEnd, isOwnIfb, readLinks } from "./facts_linux.ts";
import { ifbName } from "./ifb.ts";
import { findIngress, findShaper, redirectsOnlyTo } from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";
import { NOTHING, removalSteps } from "./steps.ts";

/**
 * Removes the limits (CNI 1.1.0, section 2, "DEL"): those of the pair too, in
 * case it stays. Nothing of the configuration is read but the network's name.
 */
export async function delLimits(
  request: Request,
  { remove, sideBySide }: Executor,
): Promise<void> {
  // The kernel takes its time to remove a link: the rest is done meanwhile.
  const besides = sideBySide([pairRemoval, ifbRemoval]);
  await besides(async (removal, run) => {
    const details = await remove(await removal(request, run), run);
    if (details === "") return;
    const message = "Cannot remove the limits";
    throw new CniError(CniCode.Internal, message, { details });
  });
}

/** What is redirected goes nowhere without it, but nobody relies on it now. */
async function ifbRemoval(
  request: Request,
  run: Run,
): Promise<readonly IpStep[]> {
  const ownName = await ifbName(request);
  const [ifb] = await readLinks([ownName], run);
  const isOwn = ifb !== undefined && isOwnIfb(request, ifb, true);
  return removalSteps("", ownName, { ...NOTHING, hasIfb: isOwn });
}

async function pairRemoval(
  request: Request,
  run: Run,
): Promise<readonly IpStep[]> {
  const container = await findContainer(request, run);
  const host = container && await findHostEnd(container, run);
  if (host === undefined) return [];
  const ownName = await ifbName(request);
  const qdiscs = (await readQdiscs([host.name], run)).get(host.name) ?? [];
  const filters = findIngress(qdiscs) &&
    await readFilters({ name: host.name, parent: "ffff:" }, run);
  return removalSteps(host.name, ownName, {
    hasShaper: findShaper(qdiscs) !== undefined,
    hasRedirect: filters !== undefined && redirectsOnlyTo(filters, ownName),
    hasIfb: false,
  });
}

async function findContainer(
  { netns, netnsOverride: override, ifname }: Request,
  run: Run,
): Promise<Link | undefined> {
  if (netns === "") return undefined;
  const links = await findSandbox(netns, { run, override });
  return links?.find(({ name, kind }) => name === ifname && kind === "veth");
}

/** By number, not by `prevResult`: a DEL may have none. */
async function findHostEnd(
  container: Link,
  run: Run,
): Promise<Link | undefined> {
  const args = ["-j", "-d", "link", "show", "type", "veth"];
  const { status, stdout, stderr } = await run({ program: "ip", args });
  if (status !== 0) {
    throw new CniError(CniCode.Internal, "Cannot list the pairs of the host", {
      details: reasonOf(stderr) || `exit status ${status}`,
    });
  }
  return parseShown(stdout).flatMap(parseLinks)
    .find((link) => isOtherEnd(link, container));
}
