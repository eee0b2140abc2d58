import { formatCidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import { routesKey } from "../../../lib/plugin/mod.ts";
import type { Json, JsonObject, Route } from "../../../lib/spec/mod.ts";
import type { FlannelConfig } from "./config.ts";
import { baseDelegate, type DelegateConfig } from "./delegate_base.ts";
import type { SubnetEnv } from "./subnet_env.ts";

/**
 * Makes the delegate's configuration for Linux: bridge and host-local unless
 * the user names others, the node's subnets as ranges, routes to the overlay,
 * and masquerade only if flanneld does not do it. A key that the user gives in
 * `delegate` stays as it is, be it `null`.
 *
 * @throws {CniError} Code 7 for what will not do in `delegate` or
 * `ipam.routes`.
 */
export function linuxDelegate(
  config: FlannelConfig,
  subnet: SubnetEnv,
): DelegateConfig {
  const base = baseDelegate(config, "bridge");
  return {
    ipMasq: !subnet.ipMasq,
    mtu: subnet.mtuBytes,
    ...(base.type === "bridge" ? { isGateway: true } : {}),
    ...base,
    ...(config.cniVersion === "" ? {} : { cniVersion: config.cniVersion }),
    ipam: ipamFor(config.ipam, subnet),
  };
}

function ipamFor(ipam: JsonObject, subnet: SubnetEnv): JsonObject {
  const subnets = [subnet.subnet, subnet.ipv6Subnet]
    .filter((one) => one !== undefined);
  return {
    type: "host-local",
    ...ipam,
    ranges: subnets.map((one) => [{ subnet: one }]),
    routes: routesFor(ipam.routes, subnet),
  };
}

/** The user's routes, then those to the networks of the overlay. */
function routesFor(
  given: Json | undefined,
  { networks, ipv6Networks }: SubnetEnv,
): readonly JsonObject[] {
  const routes = readRoutes(given);
  // The kernel takes one route to a destination and fails at a second one.
  const known = new Set(routes.filter(isPlain).map(destination));
  const added = [...networks, ...ipv6Networks]
    .filter((network) => !known.has(network))
    .map((dst) => ({ dst }));
  return [...routes.map((route) => ({ ...route })), ...added];
}

/** `ipam.routes`, by this name alone: flannel reads `ipam` with regard to case. */
export function readRoutes(given: Json | undefined): readonly Route[] {
  return ROUTES_KEY.read(given, "ipam.routes") ?? [];
}

const ROUTES_KEY = routesKey({ description: "Further routes" });

/** Whether a route is in the table, and of the metric, of those added. */
function isPlain({ table, priority }: Route): boolean {
  const isMain = table === undefined || table === 0 || table === MAIN_TABLE;
  return isMain && !priority;
}

const MAIN_TABLE = 254;

function destination({ dst }: Route): string {
  return formatCidr(networkOf(parseCidr(dst)));
}
