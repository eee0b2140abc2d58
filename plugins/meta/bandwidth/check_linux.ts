import { type Run, Shells } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { isBucketOf } from "./bucket.ts";
import {
  type BandwidthConfig,
  type Limit,
  parseBandwidthConfig,
  type Subnets,
} from "./config.ts";
import { type Facts, readFacts } from "./facts_linux.ts";
import { isClassOf, SHAPED_CLASS } from "./plan.ts";
import { findShaper, type Qdisc } from "./qdiscs.ts";
import { readFilters, readQdiscs } from "./read_qdiscs_linux.ts";
import { requirePrevResult } from "./start_linux.ts";

/**
 * Compares the limits with the configuration (CNI 1.1.0, section 2, "CHECK"):
 * they are there, with their numbers, and what the container sends is led to
 * its own.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkLimits(request: Request): Promise<void> {
  const config = parseBandwidthConfig(request);
  const prevResult = requirePrevResult(request);
  await using shells = new Shells();
  const { run } = shells;
  const facts = await readFacts(request, prevResult, run);
  await checkIngress(config, facts, run);
  await checkEgress(config, facts, run);
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
    throw differs(host.name, "the link that it redirects to is gone");
  }
  if (!ifb.flags.includes("UP")) throw differs(ifb.name, "it is not up");
  const qdiscs = await readQdiscs([ifb.name], run);
  checkBucket(ifb.name, qdiscs.get(ifb.name) ?? [], egress);
  const filters = await readFilters({ name: host.name, parent: "ffff:" }, run);
  const isLed = filters.some(({ redirects }) => redirects.includes(ifb.name));
  if (!isLed) throw differs(host.name, `it does not redirect to ${ifb.name}`);
  if (subnets === undefined) return;
  await checkFilterCount(host.name, { parent: "ffff:", subnets, run });
}

function checkBucket(
  name: string,
  qdiscs: readonly Qdisc[],
  limit: Limit,
): void {
  const shaper = findShaper(qdiscs);
  if (shaper?.kind !== "tbf") throw differs(name, "it has no limit");
  if (isBucketOf(limit, shaper.bucket)) return;
  const { rateBytes, limitBytes } = shaper.bucket;
  throw differs(
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
    throw differs(name, "it has no limit");
  }
  const args = ["class", "show", "dev", name, "classid", SHAPED_CLASS];
  const { stdout } = await run({ program: "tc", args });
  if (isClassOf(limit, stdout)) return;
  throw differs(name, `it has another limit: ${stdout.trim() || "none"}`);
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
  throw differs(name, "filters for subnets are gone");
}

function differs(name: string, why: string): CniError {
  return new CniError(
    CniCode.Internal,
    `Cannot confirm the limit of "${name}"`,
    {
      details: `${why}; DEL and ADD the attachment to mend it`,
    },
  );
}
