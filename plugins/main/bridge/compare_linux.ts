import { type Link, readLink, type Run } from "../../../lib/linux/mod.ts";
import type { Interface } from "../../../lib/spec/mod.ts";
import {
  checkAddresses,
  checkMac,
  checkVethPeer,
  differs,
} from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import type { BridgeConfig } from "./config.ts";

/**
 * Compares bridge and port with configuration and result.
 *
 * @throws {CniError} Code 999, naming what differs.
 */
export async function compareBridge(
  { link, config, prevResult, run }: Found<BridgeConfig>,
): Promise<void> {
  const { interfaces = [], ips = [] } = prevResult;
  const bridge = await readLink(config.bridge, { run });
  checkBridgeLink(bridge, interfaces, config);
  await checkPort(link, interfaces, { bridge: config.bridge, run });
  // Even those that are stated for another interface.
  checkAddresses(link, ips);
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
