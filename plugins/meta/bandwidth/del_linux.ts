import {
  findSandbox,
  type IpStep,
  type Link,
  parseLinks,
  parseShown,
  removalFaults,
  type Run,
  Shells,
  wordLines,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { isOtherEnd, isOwnIfb, readLinks } from "./facts_linux.ts";
import { ifbName } from "./ifb.ts";
import { NOTHING, planRemoval } from "./plan.ts";
import { findIngress, findShaper, redirectsOnlyTo } from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";

/**
 * Removes the limits (CNI 1.1.0, section 2, "DEL"): those of the pair too, in
 * case it stays. Nothing of the configuration is read but the network's name.
 */
export async function delLimits(request: Request): Promise<void> {
  await using shells = new Shells();
  const { run } = shells;
  // The kernel takes its time to remove a link: the rest is done meanwhile.
  const runAside = shells.open();
  const ends = await Promise.allSettled([
    planLinkDeletion(request, runAside).then((steps) =>
      removeBy("ip", steps, runAside)
    ),
    planPairDeletion(request, run).then((steps) => removeBy("tc", steps, run)),
  ]);
  for (const end of ends) {
    if (end.status === "rejected") throw end.reason;
  }
}

/** The steps that remove what there is. */
export async function planDeletion(
  request: Request,
  run: Run,
): Promise<readonly IpStep[]> {
  return [
    ...await planPairDeletion(request, run),
    ...await planLinkDeletion(request, run),
  ];
}

/** What is redirected goes nowhere without it, but nobody relies on it now. */
async function planLinkDeletion(
  request: Request,
  run: Run,
): Promise<readonly IpStep[]> {
  const ownName = await ifbName(request);
  const [ifb] = await readLinks([ownName], run);
  const isOwn = ifb !== undefined && isOwnIfb(request, ifb, true);
  return planRemoval("", ownName, { ...NOTHING, hasIfb: isOwn });
}

async function planPairDeletion(
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
  return planRemoval(host.name, ownName, {
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
  const { stdout } = await run({ program: "ip", args });
  return parseShown(stdout).flatMap(parseLinks)
    .find((link) => isOtherEnd(link, container));
}

async function removeBy(
  program: "ip" | "tc",
  steps: readonly IpStep[],
  run: Run,
): Promise<void> {
  if (steps.length === 0) return;
  // Forced: what is gone already must not keep the rest from going.
  const args = ["-force", "-batch", "-"];
  const stdin = wordLines(steps.map(({ words }) => words));
  const { stderr } = await run({ program, args, stdin });
  const faults = removalFaults(stderr);
  if (faults === "") return;
  throw new CniError(CniCode.Internal, "Cannot remove the limits", {
    details: faults,
  });
}
