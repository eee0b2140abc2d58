import { assertEquals } from "@std/assert";
import {
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  netnsStateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import {
  addQuietSandbox,
  type InterfacePlugin,
  interfaceTests,
} from "./_interface_plugin.ts";

const NEEDS = ["flock", "iptables", "ip6tables", "link dummy"];

const DUMMY: InterfacePlugin = {
  name: "dummy",
  needs: NEEDS,
  config: (host, keys = {}) => ({
    cniVersion: "1.0.0",
    name: host.network,
    type: "dummy",
    ipam: hostLocal(host, [SUBNET4, SUBNET6], {
      routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
    }),
    ...keys,
  }),
  tamperings: {
    "the interface is gone": {
      act: ({ sandbox }) => sandbox.ip("link del eth0"),
      names: ["eth0", "gone"],
    },
    "it is of another kind": {
      act: async ({ sandbox }) => {
        const { address } = await linkIn(sandbox, "eth0");
        await sandbox.ip("link del eth0");
        await sandbox.ip(`link add eth0 address ${address} type bridge`);
      },
      names: ["eth0", "dummy"],
    },
    "its hardware address": {
      act: ({ sandbox }) =>
        sandbox.ip("link set eth0 address 02:00:00:00:00:77"),
      names: ["eth0", "02:00:00:00:00:77"],
    },
    "it is down": {
      act: ({ sandbox }) => sandbox.ip("link set eth0 down"),
      names: ["eth0", "down"],
    },
    "an address is gone": {
      act: ({ sandbox, result }) =>
        sandbox.ip(`addr del ${result.ips[0].address} dev eth0`),
      names: ["10.213.0."],
    },
    "a route is gone": {
      act: ({ sandbox }) => sandbox.ip("route del default"),
      names: ["0.0.0.0/0"],
    },
  },
  broken: { dns: 1 },
};

interfaceTests(DUMMY);

kernelTest(
  "dummy: the interface is as the result says, and its own dns beats IPAM's",
  async (host) => {
    const sandbox = await addQuietSandbox(host);
    const dns = { nameservers: ["192.0.2.53"] };
    const config = DUMMY.config(host, { dns });
    const result = await mustCall(host, "dummy", { config, sandbox });
    const link = await linkIn(sandbox, "eth0");
    assertEquals(result.interfaces, [
      { name: "eth0", mac: link.address, sandbox: sandbox.path },
    ]);
    assertEquals(result.dns, dns);
    await mustCall(host, "dummy", { command: "DEL", config, sandbox });
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  { needs: NEEDS },
);

kernelTest(
  "dummy: nothing is made without an IPAM plugin, and DEL needs none",
  async (host) => {
    const sandbox = await addQuietSandbox(host);
    const before = await netnsStateOf(sandbox);
    const config = DUMMY.config(host, { ipam: {} });
    await mustFail(host, "dummy", { code: 7, config, sandbox });
    assertEquals(await netnsStateOf(sandbox), before);
    await sandbox.ip("link add eth0 type dummy");
    await mustCall(host, "dummy", { command: "DEL", config, sandbox });
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
  { needs: NEEDS },
);
