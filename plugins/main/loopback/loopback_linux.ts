import {
  findSandbox,
  type Link,
  mustRunInSandbox,
  type Output,
  parseLinks,
  parseShown,
  reasonOf,
  requireSandbox,
  runInSandbox,
  sandboxText,
} from "../../../lib/linux/mod.ts";
import {
  type Cidr,
  cidrContains,
  formatAddress,
  formatCidr,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

import type { Executor } from "../../shared/chained/mod.ts";

/** The interface that is meant whatever `CNI_IFNAME` says. */
export const NAME = "lo";

const LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1/128"].map(parseCidr);

/**
 * Sets `lo` up in the container, and returns prevResult if there is one, else
 * the interface with the addresses that the kernel has given it.
 */
export async function addLoopback(
  { netns, netnsOverride: override, config }: Request,
  { isPlanning, run, act }: Executor,
): Promise<Result> {
  const prevResult = prevResultOf(config);
  const options = { run, override };
  const shown = await act([planned("up", netns)], async () => {
    const script = scriptOf("up");
    return shownBy("up", await mustRunInSandbox(script, netns, options));
  });
  const links = shown ?? await requireSandbox(netns, options);
  if (prevResult !== undefined) return prevResult;
  const result = loopbackResult(links, netns);
  return isPlanning ? withKernelAddresses(result) : result;
}

/** What is done, as a person would do it. */
function planned(state: "up" | "down", netns: string): PlannedAct {
  const command = sandboxText(`ip link set dev ${NAME} ${state}`, netns);
  return { purpose: `set "${NAME}" ${state}`, command };
}

/** Changes the link and shows it: by one process, as each takes a while. */
function scriptOf(state: "up" | "down"): string {
  return "exec ip -j -d -batch - <<';'\n" +
    `link set dev ${NAME} ${state}\naddr show dev ${NAME}\n;\n`;
}

function shownBy(
  state: "up" | "down",
  { status, stdout, stderr }: Output,
): readonly Link[] {
  if (status === 0) return parseShown(stdout).flatMap(parseLinks);
  throw new CniError(CniCode.Internal, `Cannot set "${NAME}" ${state}`, {
    details: reasonOf(stderr) || `exit status ${status}`,
  });
}

/** The result of an ADD that has the container's links before it. */
function loopbackResult(links: readonly Link[], netns: string): Result {
  return {
    interfaces: [{ name: NAME, mac: "00:00:00:00:00:00", sandbox: netns }],
    ips: loopbackAddresses(links).map((cidr) => ({
      address: formatCidr(cidr),
      interface: 0,
    })),
  };
}

/** The first address of each family; any other kind of address is an error. */
function loopbackAddresses(links: readonly Link[]): readonly Cidr[] {
  const cidrs = links.find(isLoopback)?.addresses.map(({ cidr }) => cidr) ?? [];
  const stranger = cidrs.find((cidr) =>
    !LOOPBACK_NETWORKS.some((network) => cidrContains(network, cidr.address))
  );
  if (stranger !== undefined) {
    const message = "loopback interface found with non-loopback address " +
      `"${formatAddress(stranger.address)}"`;
    throw new CniError(CniCode.Internal, message, {
      details: `remove it: ip addr del ${formatCidr(stranger)} dev ${NAME}`,
    });
  }
  return ([4, 6] as const).flatMap((family) =>
    cidrs.find(({ address }) => address.family === family) ?? []
  );
}

/** What the kernel gives `lo` once it is up. */
function withKernelAddresses(result: Result): Result {
  if (result.ips?.length) return result;
  const addresses = ["127.0.0.1/8", "::1/128"];
  const ips = addresses.map((address) => ({ address, interface: 0 }));
  return { ...result, ips };
}

/** Sets `lo` down, if the container is still there. */
export async function delLoopback(
  { netns, netnsOverride: override }: Request,
  { isPlanning, run, act }: Executor,
): Promise<void> {
  if (netns === "") return;
  const options = { run, override };
  if (isPlanning && await findSandbox(netns, options) === undefined) return;
  await act([planned("down", netns)], async () => {
    const output = await runInSandbox(scriptOf("down"), netns, options);
    if (output !== undefined) shownBy("down", output);
  });
}

/** Whether a link is `lo`. */
export function isLoopback({ name }: Link): boolean {
  return name === NAME;
}
