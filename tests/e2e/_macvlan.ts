import type { Host, Netns } from "./_host.ts";
import type { InterfacePlugin } from "./_interface_plugin.ts";
import { hostLocal, SUBNET4, SUBNET6 } from "./_plugin.ts";

/** The link of the host that containers share. */
export const MASTER = "up0";

/** Where the gateways are that the tests' subnets have. */
export const GATEWAYS = ["10.213.0.1/24", "fd00:213::1/64"];

/** A router beyond the master: the only one that knows the way. */
export interface Wire extends Netns {
  /** The router's link. */
  readonly link: string;
}

/**
 * Gives the host a link with a router at its other end.
 *
 * @param addresses The router's.
 */
export async function addWire(
  host: Host,
  addresses: readonly string[] = GATEWAYS,
): Promise<Wire> {
  const router = await host.addNetns();
  const link = "out0";
  await host.ip(
    `link add ${MASTER} mtu 1450 type veth peer name ${link} netns ${router.path}`,
  );
  await host.ip(`link set ${MASTER} up`);
  await router.ip(`link set ${link} up`);
  await router.ip("addr add 192.0.2.2/32 dev lo");
  await router.ip("link set lo up");
  for (const address of addresses) {
    const nodad = address.includes(":") ? " nodad" : "";
    await router.ip(`addr add ${address} dev ${link}${nodad}`);
  }
  return { ...router, link };
}

const ROUTES = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];

/** A configuration of the macvlan plugin: dual stack. */
export function macvlanConfig(
  host: Host,
  { ipam, ...keys }: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const both = hostLocal(host, [SUBNET4, SUBNET6], { routes: ROUTES });
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "macvlan",
    master: MASTER,
    ...(ipam === null ? {} : { ipam: ipam ?? both }),
    ...keys,
  };
}

/** macvlan as the tests of all plugins that make an interface know it. */
export const MACVLAN: InterfacePlugin = {
  name: "macvlan",
  needs: ["flock", "umount"],
  prepare: addWire,
  config: macvlanConfig,
  broken: {
    mode: "source",
    mtu: 67,
    mac: "02:00",
    bcqueuelen: -1,
    linkInContainer: 1,
  },
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
    "default route removed": {
      act: ({ sandbox }) => sandbox.ip("route del default"),
      names: ["0.0.0.0/0"],
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
      names: ["eth0", "macvlan"],
    },
    "hardware address changed": {
      act: ({ sandbox }) =>
        sandbox.ip("link set dev eth0 address 02:00:00:00:00:77"),
      names: ["eth0", "02:00:00:00:00:77"],
    },
    "mode changed": {
      act: ({ sandbox }) =>
        sandbox.ip("link set dev eth0 type macvlan mode private"),
      names: ["private"],
    },
    "on another link": {
      act: async ({ sandbox, result }, host) => {
        await host.ip("link add other0 type veth peer name other1");
        host.defer(() => host.run(["ip", "link", "del", "other0"]));
        const { mac } = result.interfaces[0];
        await sandbox.ip("link del eth0");
        await host.ip(
          `link add link other0 name x0 address ${mac} netns ${sandbox.path} type macvlan mode bridge`,
        );
        await sandbox.ip("link set x0 name eth0");
      },
      names: [MASTER],
    },
    "reservation removed": {
      act: (_, host) =>
        Deno.remove(`${host.dataDir}/${host.network}`, { recursive: true }),
      names: [],
    },
  },
};
