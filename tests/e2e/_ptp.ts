import type { Host } from "./_host.ts";
import type { Attached, InterfacePlugin } from "./_interface_plugin.ts";
import { hostLocal, SUBNET4, SUBNET6 } from "./_plugin.ts";

const ROUTES = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }, { dst: "10.9.0.0/16" }];

/** A configuration of the ptp plugin: dual stack, masqueraded. */
export function ptpConfig(
  host: Host,
  keys: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "ptp",
    ipMasq: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6], { routes: ROUTES }),
    ...keys,
  };
}

/** The name of the pair's end in the host. */
export function hostEndOf({ result }: Attached): string {
  return result.interfaces[0].name;
}

/** ptp with masquerade by one of the backends. */
export function ptpWith(ipMasqBackend: string): InterfacePlugin {
  return {
    name: "ptp",
    variant: ipMasqBackend,
    needs: ["flock", "umount", "iptables", "ip6tables", "nft"],
    config: (host, keys) => ptpConfig(host, { ipMasqBackend, ...keys }),
    broken: { mtu: 67, ipMasqBackend: "none", dns: "10.0.0.1" },
    tamperings: {
      "address removed": {
        act: ({ sandbox, result }) =>
          sandbox.ip(`addr del ${result.ips[0].address} dev eth0`),
        names: ["eth0", "10.213.0."],
      },
      "IPv6 address removed": {
        act: ({ sandbox, result }) =>
          sandbox.ip(`addr del ${result.ips[1].address} dev eth0`),
        names: ["eth0", "fd00:213::"],
      },
      "route to the gateway removed": {
        act: ({ sandbox }) => sandbox.ip("route del 10.213.0.1/32"),
        names: ["10.213.0.1/32"],
      },
      "route of the subnet removed": {
        act: ({ sandbox }) => sandbox.ip("-6 route del fd00:213::/64"),
        names: ["fd00:213::/64"],
      },
      "IPAM's route removed": {
        act: ({ sandbox }) => sandbox.ip("route del 10.9.0.0/16"),
        names: ["10.9.0.0/16"],
      },
      "default route removed": {
        act: ({ sandbox }) => sandbox.ip("-6 route del default"),
        names: ["::/0"],
      },
      "link removed": {
        act: ({ sandbox }) => sandbox.ip("link del eth0"),
        names: ["eth0"],
      },
      "link replaced": {
        act: async ({ sandbox }) => {
          await sandbox.ip("link del eth0");
          await sandbox.ip("link add eth0 type bridge");
        },
        names: ["eth0", "veth"],
      },
      "hardware address changed": {
        act: ({ sandbox }) =>
          sandbox.ip("link set dev eth0 address 02:00:00:00:00:77"),
        names: ["eth0", "02:00:00:00:00:77"],
      },
      "host's gateway address removed": {
        act: (attached, host) =>
          host.ip(`addr del 10.213.0.1/32 dev ${hostEndOf(attached)}`),
        names: ["10.213.0.1/32"],
      },
      "host's route removed": {
        act: ({ result }, host) => {
          const [address] = result.ips[0].address.split("/");
          return host.ip(`route del ${address}/32`);
        },
        names: ["/32", "host"],
      },
      "reservation removed": {
        act: ({ sandbox }, host) =>
          Deno.remove(`${host.dataDir}/${host.network}`, { recursive: true })
            .then(() => sandbox),
        names: [],
      },
    },
  };
}
