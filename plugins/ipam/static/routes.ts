import { formatCidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import {
  type Fields,
  type IntegerBounds,
  parseRoute,
  type Route,
} from "../../../lib/spec/mod.ts";

/** What the kernel has room for. */
const BOUNDS: Readonly<Record<string, IntegerBounds>> = {
  mtu: { min: 0, max: 0xffffffff },
  advmss: { min: 0, max: 0xffffffff },
  priority: { min: 0, max: 0xffffffff },
  table: { min: 0, max: 0xffffffff },
  scope: { min: 0, max: 255 },
};

/**
 * Reads `ipam.routes`. Several routes to one destination are kept, as they may
 * share the load; the very same route twice is refused, as the kernel would.
 *
 * @throws {CniError} Code 7.
 */
export function parseRoutes(ipam: Fields): readonly Route[] {
  const seen = new Map<string, number>();
  return (ipam.fieldsList("routes") ?? []).map((fields, index) => {
    for (const [key, bounds] of Object.entries(BOUNDS)) {
      fields.integer(key, bounds);
    }
    const route = parseRoute(fields);
    const first = seen.get(identityOf(route));
    if (first !== undefined) {
      const expected = `a route that ipam.routes[${first}] is not already`;
      throw ipam.invalid(`routes[${index}]`, expected, route.dst);
    }
    seen.set(identityOf(route), index);
    return route;
  });
}

/** What tells routes of the kernel apart. */
function identityOf({ dst, gw, priority, table }: Route): string {
  const network = formatCidr(networkOf(parseCidr(dst)));
  return [network, gw, priority, table || undefined].join(" ");
}
