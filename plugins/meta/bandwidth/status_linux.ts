import { reasonOf, runCommand } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { notAvailable, tryCommand, tryOnce } from "../../shared/probe/mod.ts";
import { parseBandwidthConfig } from "./config.ts";

const NAME = "bandwidth";

// The host's end stands for itself and for the link that it redirects to.
const TRIAL = `ip link add v0 type veth peer name v1 &&
ip link add i0 type ifb &&
tc qdisc add dev i0 root handle 1: tbf rate 8bps burst 1600 limit 1600 &&
tc qdisc add dev v0 handle ffff: ingress &&
tc filter add dev v0 parent ffff: protocol all prio 1 u32 match u32 0 0 flowid 1:1 action mirred egress redirect dev i0
`;

const TRIAL_OF_SUBNETS = "tc qdisc add dev v0 root handle 1: htb default 30\n";

/**
 * Finds out whether an ADD could be served: the configuration, the tools and
 * the kernel's features, in a namespace that ends with the trial (CNI 1.1.0,
 * section 2, "STATUS").
 *
 * @throws {CniError} Code 50 with the reason.
 */
export async function bandwidthStatus(request: Request): Promise<void> {
  const { subnets } = parseBandwidthConfig(request);
  const stdin = "set -e\n" + TRIAL +
    (subnets === undefined ? "" : TRIAL_OF_SUBNETS);
  await tryOnce(`limits\n${stdin}`, () => requireLimits(stdin));
}

async function requireLimits(stdin: string): Promise<void> {
  const args = ["--net", "--", "sh", "-s"];
  const command = { program: "unshare", args, stdin };
  const { status, stderr } = await tryCommand(NAME, runCommand, command);
  if (status === 0) return;
  throw notAvailable(
    NAME,
    "the kernel, this program's rights in it or the package iproute2 do not " +
      `allow limits: ${reasonOf(stderr)}`,
  );
}
