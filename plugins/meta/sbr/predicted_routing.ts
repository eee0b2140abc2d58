import {
  addressBits,
  formatAddress,
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import type { Result, Route } from "../../../lib/spec/mod.ts";
import { type KernelRoute, MAIN_TABLE, type Routing } from "./routing.ts";
import type { Source } from "./sources.ts";

/**
 * What routing will be once the plugins before have done what their plans say:
 * a route to each subnet, and those of their result.
 */
export function predictedRouting(
  routing: Routing,
  { prevResult, sources, ifname }: {
    readonly prevResult: Result;
    readonly sources: readonly Source[];
    readonly ifname: string;
  },
): Routing {
  const subnets = sources.filter(({ cidr }) =>
    cidr.prefixBits < addressBits(cidr.address.family)
  ).map((source) => subnetRoute(source, ifname));
  const stated = (prevResult.routes ?? []).flatMap((route) =>
    statedRoute(route, sources, ifname) ?? []
  );
  return { ...routing, routes: [...routing.routes, ...subnets, ...stated] };
}

function subnetRoute({ cidr }: Source, ifname: string): KernelRoute {
  const { address } = cidr;
  const { family } = address;
  const dst = networkOf(cidr);
  const own = family === 4
    ? { scope: 253, metric: 0, source: address }
    : { scope: 0, metric: 256 };
  const words = family === 4
    ? ["scope", "link", "src", formatAddress(address)]
    : ["metric", "256"];
  return {
    ...{ family, table: MAIN_TABLE, dst, devices: [ifname], ...own },
    words: [formatCidr(dst), "dev", ifname, "proto", "kernel", ...words],
  };
}

function statedRoute(
  { dst: text, gw, priority, table, scope = 0 }: Route,
  sources: readonly Source[],
  ifname: string,
): KernelRoute | undefined {
  const dst = networkOf(parseCidr(text));
  const { family } = dst.address;
  if (table && table !== MAIN_TABLE) return undefined;
  const gateway = gw === undefined
    ? sources.find(({ gateway }) => gateway?.family === family)?.gateway
    : parseAddress(gw);
  const via = gateway === undefined ? [] : ["via", formatAddress(gateway)];
  const metric = priority ?? (family === 4 ? 0 : 1024);
  return {
    ...{ family, table: MAIN_TABLE, dst, devices: [ifname], scope, metric },
    ...(gateway === undefined ? {} : { gateway }),
    words: [
      ...[dst.prefixBits === 0 ? "default" : formatCidr(dst), ...via],
      ...["dev", ifname],
      ...(priority ? ["metric", `${priority}`] : []),
    ],
  };
}
