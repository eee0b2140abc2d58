import {
  applySteps,
  findSandbox,
  inSandbox,
  ipStep,
  type Link,
  reasonOf,
  requireSandbox,
  runCommand,
  UndoStack,
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

/** The interface that is meant whatever `CNI_IFNAME` says. */
export const NAME = "lo";

/** The one step of an ADD. */
export const UP = ipStep("sandbox", `set "${NAME}" up`, [
  ...["link", "set", "dev", NAME, "up"],
]);

const LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1/128"].map(parseCidr);

/**
 * Sets `lo` up in the container, and returns prevResult if there is one, else
 * the interface with the addresses that the kernel has given it.
 */
export async function addLoopback(request: Request): Promise<Result> {
  const { netns, netnsOverride: override, config } = request;
  const run = runCommand;
  const prevResult = prevResultOf(config);
  await requireSandbox(netns, { run, override });
  await applySteps([UP], { netns, run, undo: new UndoStack() });
  if (prevResult !== undefined) return prevResult;
  return loopbackResult(await requireSandbox(netns, { run, override }), netns);
}

/** The result of an ADD that has the container's links before it. */
export function loopbackResult(links: readonly Link[], netns: string): Result {
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

/** Sets `lo` down, if the container is still there. */
export async function delLoopback(request: Request): Promise<void> {
  const { netns, netnsOverride: override } = request;
  if (netns === "") return;
  const run = runCommand;
  if (await findSandbox(netns, { run, override }) === undefined) return;
  const args = ["link", "set", "dev", NAME, "down"];
  const { status, stderr } = await run(
    inSandbox({ program: "ip", args }, netns),
  );
  if (status === 0) return;
  throw new CniError(CniCode.Internal, `Cannot set "${NAME}" down`, {
    details: reasonOf(stderr),
  });
}

/** Whether a link is `lo`. */
export function isLoopback({ name }: Link): boolean {
  return name === NAME;
}
