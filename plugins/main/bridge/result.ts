import type { LinkState } from "../../../lib/linux/mod.ts";
import type { Dns, Result } from "../../../lib/spec/mod.ts";
import type { PlanInput } from "./plan.ts";

/**
 * The result of an ADD: bridge, both ends of the pair, and the host's
 * interface in a VLAN where there is one.
 *
 * @param links The host's links as they are at the end.
 * @param dns The configuration's, or the IPAM plugin's.
 */
export function resultOf(
  { config, names, netns, ifname, gateway, addressing }: PlanInput,
  links: readonly LinkState[],
  dns: Dns | undefined,
): Result {
  const hostInterface = (name: string) => {
    const mac = links.find((link) => link.name === name)?.mac;
    return mac === undefined ? { name } : { name, mac };
  };
  return {
    interfaces: [
      hostInterface(config.bridge),
      { name: names.hostName, mac: names.hostMac },
      { name: ifname, mac: names.containerMac, sandbox: netns },
      ...(gateway.name === config.bridge ? [] : [hostInterface(gateway.name)]),
    ],
    ...(addressing === undefined
      ? {}
      : { ips: addressing.ips, routes: addressing.routes }),
    ...(dns === undefined ? {} : { dns }),
  };
}
