import {
  type Link,
  readLink,
  requireSandbox,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Interface } from "../../../lib/spec/mod.ts";
import { delegateIpam } from "../../shared/mod.ts";
import {
  checkAddresses,
  checkContainerLink,
  checkMac,
  checkRoutes,
  checkVethPeer,
  differs,
  requirePrevResult,
} from "../../shared/compare/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";

/**
 * Compares the attachment with `prevResult` (CNI 1.1.0, section 2, "CHECK"):
 * bridge, pair, port, addresses and routes must be there as stated. What later
 * plugins of the chain may have added is left alone.
 *
 * @throws {CniError} Code 999, naming what differs; code 7 without prevResult.
 */
export async function checkBridge(
  request: Request,
  context: Context,
): Promise<void> {
  const config = parseBridgeConfig(request);
  const run = runCommand;
  const { netns, netnsOverride: override, ifname } = request;
  const prevResult = requirePrevResult(request);
  const [links, bridge] = await Promise.all([
    requireSandbox(netns, { run, override }),
    readLink(config.bridge, { run }),
  ]);
  await delegateIpam(request, context);
  const interfaces = prevResult.interfaces ?? [];
  checkBridgeLink(bridge, interfaces, config);
  const container = checkContainerLink(links, interfaces, {
    netns,
    ifname,
    kind: "veth",
  });
  await checkPort(container, interfaces, { bridge: config.bridge, run });
  checkAddresses(container, prevResult.ips ?? []);
  await checkRoutes(prevResult.routes ?? [], { netns, run });
}

function checkBridgeLink(
  link: Link | undefined,
  interfaces: readonly Interface[],
  config: BridgeConfig,
): void {
  const { bridge: name } = config;
  const stated = interfaces.find((one) => one.name === name && !one.sandbox);
  if (link === undefined) throw differs(`bridge "${name}"`, "it is gone");
  if (link.kind !== "bridge") {
    throw differs(
      `bridge "${name}"`,
      `it is a ${link.kind || "physical"} link`,
    );
  }
  checkMac(link, stated);
  if (config.promiscMode && !link.flags.includes("PROMISC")) {
    throw differs(`bridge "${name}"`, "it is not promiscuous any more");
  }
}

/** Among the host's interfaces of the result is the other end of the pair. */
async function checkPort(
  container: Link,
  interfaces: readonly Interface[],
  { bridge, run }: { bridge: string; run: Run },
): Promise<void> {
  const candidates = interfaces.filter((one) =>
    !one.sandbox && one.name !== bridge && one.name !== container.name
  );
  const port = await checkVethPeer(container, candidates, run);
  if (port.master === bridge) return;
  const found = port.master === undefined ? "none" : `"${port.master}"`;
  const why = `its bridge is ${found}: expected "${bridge}"`;
  throw differs(`port "${port.name}"`, why);
}
