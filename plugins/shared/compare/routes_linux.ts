import {
  formatCidr,
  networkOf,
  parseAddress,
  parseCidr,
} from "../../../lib/net/mod.ts";
import { inSandbox, parseShown, type Run } from "../../../lib/linux/mod.ts";
import type { Route } from "../../../lib/spec/mod.ts";
import { differs } from "./result_linux.ts";

/** A route as `ip -j route show` prints it. */
interface KernelRoute {
  readonly dst: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly via?: { readonly host: string };
  readonly nexthops?: readonly KernelRoute[];
}

/** Where {@linkcode checkRoutes} looks. */
export interface CheckRoutesOptions {
  /** A network namespace; the host's when absent. */
  readonly netns?: string;
  /** The link that the routes must lead to; any when absent. */
  readonly dev?: string;
  /** Runs the commands. */
  readonly run: Run;
}

/**
 * Looks for routes in all routing tables.
 *
 * @throws {CniError} Code 999 if one is not there.
 */
export async function checkRoutes(
  wanted: readonly Route[],
  { netns, dev, run }: CheckRoutesOptions,
): Promise<void> {
  if (wanted.length === 0) return;
  // A process for each family that is asked for.
  const families = new Set(
    wanted.map(({ dst }) => parseCidr(dst).address.family),
  );
  const tables = await Promise.all([...families].map(async (family) => {
    const args = ["-j", `-${family}`, "route", "show", "table", "all"];
    const command = { program: "ip", args };
    const { stdout } = await run(
      netns === undefined ? command : inSandbox(command, netns),
    );
    return parseShown(stdout).flat() as readonly KernelRoute[];
  }));
  const present = tables.flat()
    .filter((route) => dev === undefined || route.dev === dev);
  for (const route of wanted) {
    if (present.some((one) => isSameRoute(one, route))) continue;
    const via = route.gw === undefined ? "" : ` via ${route.gw}`;
    const place = netns === undefined ? " in the host" : "";
    throw differs(`route to ${route.dst}${via}${place}`, "it is gone");
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
