import {
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import {
  inSandbox,
  type Link,
  parseShown,
  readLink,
  requireSandbox,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import {
  CniCode,
  CniError,
  type Interface,
  type IpConfig,
  prevResultOf,
  type Result,
  type Route,
} from "../../../lib/spec/mod.ts";
import { type BridgeConfig, parseBridgeConfig } from "./config.ts";

/** A route as `ip -j route show` prints it. */
interface KernelRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly via?: { readonly host: string };
  readonly nexthops?: readonly KernelRoute[];
}

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
  if (config.ipamType !== undefined) {
    await context.delegate(config.ipamType, request);
  }
  const interfaces = prevResult.interfaces ?? [];
  checkBridgeLink(bridge, interfaces, config);
  const container = checkContainerLink(links, interfaces, { netns, ifname });
  await checkPort(container, interfaces, { config, ifname, run });
  checkAddresses(container, prevResult.ips ?? []);
  await checkRoutes(prevResult.routes ?? [], netns, run);
}

function requirePrevResult({ config }: Request): Result {
  const result = prevResultOf(config);
  if (result !== undefined) return result;
  throw new CniError(CniCode.InvalidConfig, "required prevResult missing", {
    details: "prevResult is absent: CHECK needs the result of the ADD",
  });
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

function checkContainerLink(
  links: readonly Link[],
  interfaces: readonly Interface[],
  { netns, ifname }: { netns: string; ifname: string },
): Link {
  const what = `interface "${ifname}" in ${netns}`;
  const stated = interfaces.find((one) =>
    one.name === ifname && one.sandbox === netns
  );
  if (stated === undefined) {
    throw differs(what, "prevResult.interfaces does not have it");
  }
  const link = links.find((one) => one.name === ifname);
  if (link === undefined) throw differs(what, "it is gone");
  if (link.kind !== "veth") throw differs(what, "it is no veth");
  checkMac(link, stated);
  return link;
}

/** Among the host's interfaces of the result is the other end of the pair. */
async function checkPort(
  container: Link,
  interfaces: readonly Interface[],
  { config, ifname, run }: {
    config: BridgeConfig;
    ifname: string;
    run: Run;
  },
): Promise<void> {
  const candidates = interfaces.filter((one) =>
    !one.sandbox && one.name !== config.bridge && one.name !== ifname
  );
  const links = await Promise.all(
    candidates.map(({ name }) => readLink(name, { run })),
  );
  const index = links.findIndex((link) =>
    link?.kind === "veth" && link.index === container.peerIndex &&
    link.peerIndex === container.index
  );
  const port = links[index];
  if (port === undefined) {
    const why = "none of prevResult.interfaces is its other end in the host";
    throw differs(`interface "${ifname}"`, why);
  }
  if (port.master !== config.bridge) {
    const found = port.master === undefined ? "none" : `"${port.master}"`;
    const why = `its bridge is ${found}: expected "${config.bridge}"`;
    throw differs(`port "${port.name}"`, why);
  }
  checkMac(port, candidates[index]);
}

function checkMac(link: Link, stated: Interface | undefined): void {
  if (!stated?.mac || stated.mac.toLowerCase() === link.mac) return;
  const why = `its hardware address is ${link.mac}: expected ${stated.mac}`;
  throw differs(`interface "${link.name}"`, why);
}

function checkAddresses(link: Link, ips: readonly IpConfig[]): void {
  const present = new Set(link.addresses.map(({ cidr }) => formatCidr(cidr)));
  for (const { address } of ips) {
    if (present.has(formatCidr(parseCidr(address)))) continue;
    throw differs(`interface "${link.name}"`, `address ${address} is gone`);
  }
}

async function checkRoutes(
  wanted: readonly Route[],
  netns: string,
  run: Run,
): Promise<void> {
  if (wanted.length === 0) return;
  const tables = await Promise.all((["-4", "-6"] as const).map(async (flag) => {
    const args = ["-j", flag, "route", "show", "table", "all"];
    const output = await run(inSandbox({ program: "ip", args }, netns));
    return parseShown(output.stdout).flat() as readonly KernelRoute[];
  }));
  const present = tables.flat();
  for (const route of wanted) {
    if (present.some((one) => isSameRoute(one, route))) continue;
    const via = route.gw === undefined ? "" : ` via ${route.gw}`;
    throw differs(`route to ${route.dst}${via}`, "it is gone");
  }
}

// Of a default route only the destination counts: other plugins of a chain
// may rightly have changed its next hop.
function isSameRoute(present: KernelRoute, wanted: Route): boolean {
  const dst = networkOf(parseCidr(wanted.dst));
  const isDefault = dst.prefixBits === 0;
  const hops = [present, ...(present.nexthops ?? [])];
  const family = dst.address.family;
  const presentFamily = familyOf(present);
  if (presentFamily !== undefined && presentFamily !== family) return false;
  if (destinationOf(present, family) !== formatCidr(dst)) return false;
  return isDefault || wanted.gw === undefined ||
    hops.some((hop) => (hop.gateway ?? hop.via?.host) === wanted.gw);
}

function destinationOf({ dst }: KernelRoute, family: 4 | 6): string {
  if (dst === "default") return family === 4 ? "0.0.0.0/0" : "::/0";
  return dst.includes("/") ? dst : `${dst}/${family === 4 ? 32 : 128}`;
}

/** `undefined` for a default route without a next hop, which does not tell. */
function familyOf({ dst, gateway }: KernelRoute): 4 | 6 | undefined {
  const text = dst === "default" ? gateway : dst.split("/")[0];
  return text === undefined ? undefined : parseAddress(text).family;
}

function differs(what: string, why: string): CniError {
  return new CniError(CniCode.Internal, `Cannot confirm ${what}`, {
    details: `${why}; DEL and ADD the attachment to mend it`,
  });
}
