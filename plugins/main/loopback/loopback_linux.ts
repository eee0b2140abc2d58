import {
  findSandbox,
  ipStep,
  type Link,
  requireSandbox,
} from "../../../lib/linux/mod.ts";
import {
  type Cidr,
  cidrContains,
  formatAddress,
  formatCidr,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  prevResultOf,
  type Result,
} from "../../../lib/spec/mod.ts";

import type { Executor } from "../../shared/chained/mod.ts";

/** The interface that is meant whatever `CNI_IFNAME` says. */
export const NAME = "lo";

/** The one step of an ADD. */
const UP = ipStep("sandbox", `set "${NAME}" up`, [
  ...["link", "set", "dev", NAME, "up"],
]);

/** The one step of a DEL. */
const DOWN = ipStep("sandbox", `set "${NAME}" down`, [
  ...["link", "set", "dev", NAME, "down"],
]);

const LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1/128"].map(parseCidr);

/**
 * Sets `lo` up in the container, and returns prevResult if there is one, else
 * the interface with the addresses that the kernel has given it.
 */
export async function addLoopback(
  { netns, netnsOverride: override, config }: Request,
  { isPlanning, run, apply }: Executor,
): Promise<Result> {
  const prevResult = prevResultOf(config);
  await requireSandbox(netns, { run, override });
  await apply([UP]);
  if (prevResult !== undefined) return prevResult;
  const links = await requireSandbox(netns, { run, override });
  const result = loopbackResult(links, netns);
  return isPlanning ? withKernelAddresses(result) : result;
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
  { run, apply }: Executor,
): Promise<void> {
  if (netns === "") return;
  if (await findSandbox(netns, { run, override }) === undefined) return;
  await apply([DOWN]);
}

/** Whether a link is `lo`. */
export function isLoopback({ name }: Link): boolean {
  return name === NAME;
}
