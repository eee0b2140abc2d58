import { type Run, sandboxText } from "../../../lib/linux/mod.ts";
import type { PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import type { CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { differs } from "../../shared/compare/mod.ts";
import { isBucketOf } from "./bucket.ts";
import type { BandwidthConfig, Limit, Subnets } from "./config.ts";
import { type Facts, hostNames, readFacts } from "./facts_linux.ts";
import { ifbName } from "./ifb.ts";
import { type BandwidthInput, readInput } from "./read_input.ts";
import { findShaper, type Qdisc } from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";
import { isClassOf, SHAPED_CLASS } from "./steps.ts";

/**
 * Compares the limits with the configuration (CNI 1.1.0, section 2, "CHECK"):
 * they are there, with their numbers, and what the container sends is led to
 * its own.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkLimits(
  request: Request,
  { run, act }: Executor,
): Promise<void> {
  const { config, prevResult } = readInput(request);
  const planned = await looks(request, { config, prevResult });
  await act(planned, async () => {
    const facts = await readFacts(request, prevResult, run);
    await checkIngress(config, facts, run);
    await checkEgress(config, facts, run);
  });
}

async function looks(
  request: Request,
  { config: { ingress, egress }, prevResult }: BandwidthInput,
): Promise<readonly PlannedAct[]> {
  const { netns, ifname } = request;
  const compare = (name: string): PlannedAct => ({
    purpose: `compare the limit of "${name}" with the configuration`,
    command: `tc -j -d -r qdisc show dev ${name}`,
  });
  const hostName = hostNames(prevResult)
    .findLast((name) => !name.startsWith("bwp"));
  return [
    {
      purpose: `find the other end of "${ifname}" in the host`,
      command: sandboxText("ip -j -d addr show", netns),
    },
    ...(ingress && hostName !== undefined ? [compare(hostName)] : []),
    ...(egress ? [compare(await ifbName(request))] : []),
  ];
}

async function checkIngress(
  { ingress, subnets }: BandwidthConfig,
  { host, qdiscs }: Facts,
  run: Run,
): Promise<void> {
  if (ingress === undefined) return;
  if (subnets === undefined) return checkBucket(host.name, qdiscs, ingress);
  await checkClass(host.name, { qdiscs, limit: ingress, run });
  await checkFilterCount(host.name, { parent: "1:", subnets, run });
}

async function checkEgress(
  { egress, subnets }: BandwidthConfig,
  { host, ifb }: Facts,
  run: Run,
): Promise<void> {
  if (egress === undefined) return;
  if (ifb === undefined) {
    throw limitDiffers(host.name, "the link that it redirects to is gone");
  }
  if (!ifb.flags.includes("UP")) throw limitDiffers(ifb.name, "it is not up");
  const qdiscs = await readQdiscs([ifb.name], run);
  checkBucket(ifb.name, qdiscs.get(ifb.name) ?? [], egress);
  const filters = await readFilters({ name: host.name, parent: "ffff:" }, run);
  const isLed = filters.some(({ redirects }) => redirects.includes(ifb.name));
  if (!isLed) {
    throw limitDiffers(host.name, `it does not redirect to ${ifb.name}`);
  }
  if (subnets === undefined) return;
  await checkFilterCount(host.name, { parent: "ffff:", subnets, run });
}

function checkBucket(
  name: string,
  qdiscs: readonly Qdisc[],
  limit: Limit,
): void {
  const shaper = findShaper(qdiscs);
  if (shaper?.kind !== "tbf") throw limitDiffers(name, "it has no limit");
  if (isBucketOf(limit, shaper.bucket)) return;
  const { rateBytes, limitBytes } = shaper.bucket;
  throw limitDiffers(
    name,
    `it has another limit: ${rateBytes * 8} bits per second, of which ` +
      `${limitBytes} bytes may wait`,
  );
}

async function checkClass(
  name: string,
  { qdiscs, limit, run }: {
    readonly qdiscs: readonly Qdisc[];
    readonly limit: Limit;
    readonly run: Run;
  },
): Promise<void> {
  if (findShaper(qdiscs)?.kind !== "htb") {
    throw limitDiffers(name, "it has no limit");
  }
  const args = ["class", "show", "dev", name, "classid", SHAPED_CLASS];
  const { stdout } = await run({ program: "tc", args });
  if (isClassOf(limit, stdout)) return;
  throw limitDiffers(name, `it has another limit: ${stdout.trim() || "none"}`);
}

async function checkFilterCount(
  name: string,
  { parent, subnets, run }: {
    readonly parent: string;
    readonly subnets: Subnets;
    readonly run: Run;
  },
): Promise<void> {
  const filters = await readFilters({ name, parent }, run);
  if (filters.length >= subnets.list.length) return;
  throw limitDiffers(name, "filters for subnets are gone");
}

function limitDiffers(name: string, why: string): CniError {
  return differs(`the limit of "${name}"`, why);
}
