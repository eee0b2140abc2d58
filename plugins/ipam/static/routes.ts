import { formatCidr, networkOf, parseCidr } from "../../../lib/net/mod.ts";
import { type Key, mappedKey, routesKey } from "../../../lib/plugin/mod.ts";
import { invalidValue, type Route } from "../../../lib/spec/mod.ts";

/**
 * `ipam.routes`. Several routes to one destination are kept, as they may share
 * the load; the very same route twice is refused, as the kernel would.
 */
export const STATIC_ROUTES_KEY: Key<readonly Route[] | undefined> = mappedKey(
  routesKey({ description: "Passed on to the result" }),
  refuseRepeats,
);

function refuseRepeats(
  routes: readonly Route[],
  path: string,
): readonly Route[] {
  const seen = new Map<string, number>();
  for (const [index, route] of routes.entries()) {
    const first = seen.get(identityOf(route));
    if (first !== undefined) {
      const expected = `a route that ${path}[${first}] is not already`;
      throw invalidValue(`${path}[${index}]`, route.dst, expected);
    }
    seen.set(identityOf(route), index);
  }
  return routes;
}

/** What tells routes of the kernel apart. */
function identityOf({ dst, gw, priority, table }: Route): string {
  const network = formatCidr(networkOf(parseCidr(dst)));
  return [network, gw, priority, table || undefined].join(" ");
}
