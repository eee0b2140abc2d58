import {
  findSandbox,
  type IpStep,
  type Link,
  listLinks,
  readLinks,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { type Executor, forgetAttachment } from "../../shared/chained/mod.ts";
import { findHostEnds } from "../../shared/host_end/mod.ts";
import { isOtherEnd, isOwnIfb } from "./facts_linux.ts";
import { ifbName } from "./ifb.ts";
import { parseBandwidthConfig } from "./config.ts";
import { bandwidthNotes } from "./notes.ts";
import { findIngress, findShaper, redirectsOnlyTo } from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";
import { NOTHING, removalSteps } from "./steps.ts";

/**
 * Removes the limits (CNI 1.1.0, section 2, "DEL"): those of the pair too, in
 * case it stays. Of the configuration only the network's name counts, and
 * whether there are limits: without any, and without a note of an ADD, nothing
 * is started.
 */
export async function delLimits(
  request: Request,
  executor: Executor,
): Promise<void> {
  if (!mayHaveLimits(request) && !bandwidthNotes.has(request)) return;
  const { remove, sideBySide } = executor;
  // The kernel takes its time to remove a link: the rest is done meanwhile.
  const besides = sideBySide([pairRemoval, ifbRemoval]);
  await besides(async (removal, run) => {
    const details = await remove(await removal(request, run), run);
    if (details === "") return;
    const message = "Cannot remove the limits";
    throw new CniError(CniCode.Internal, message, { details });
  });
  await forgetAttachment(request, bandwidthNotes, executor);
}

/** Whether the configuration tells of limits, or of none that can be read. */
function mayHaveLimits(request: Request): boolean {
  try {
    const { ingress, egress } = parseBandwidthConfig(request);
    return (ingress ?? egress) !== undefined;
  } catch (error) {
    if (error instanceof CniError) return true;
    throw error;
  }
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
  const host = await findHostEnd(request, run);
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

/**
 * Finds the pair's end in the host: by the number that the container's end has,
 * or by its owner where that cannot be reached.
 */
async function findHostEnd(
  request: Request,
  run: Run,
): Promise<Link | undefined> {
  // Beside the look into the container, as each takes a while.
  const [read, listed] = await Promise.allSettled([
    findContainer(request, run),
    listLinks(run, "veth"),
  ]);
  const container = read.status === "fulfilled" ? read.value : undefined;
  if (container === undefined) {
    const [host] = await findHostEnds(request, run);
    if (host === undefined && read.status === "rejected") throw read.reason;
    return host;
  }
  if (listed.status === "rejected") throw listed.reason;
  return listed.value.find((link) => isOtherEnd(link, container));
}

async function findContainer(
  { netns, netnsOverride: override, ifname }: Request,
  run: Run,
): Promise<Link | undefined> {
  if (netns === "") return undefined;
  const links = await findSandbox(netns, { run, override });
  return links?.find(({ name, kind }) => name === ifname && kind === "veth");
}
