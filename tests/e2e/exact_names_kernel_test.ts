import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  bridgeConfig,
  callPlugin,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  type Netns,
  portIn,
} from "./_harness.ts";

/**
 * Makes a bridge, and names it as iproute2 does that knows its index alone: no
 * link has that name.
 */
async function addOther(netns: Netns): Promise<string> {
  await netns.ip("link add name other type bridge");
  await netns.ip("link set dev other up");
  const { ifindex } = await linkIn(netns, "other");
  return `if${ifindex}`;
}

/** What tuning may change of the other link. */
async function attributesOf(netns: Netns) {
  const { address, mtu, promiscuity } = await linkIn(netns, "other");
  return { address, mtu, promiscuity };
}

async function portsOf(netns: Netns, bridge: string): Promise<string[]> {
  const text = await netns.ip(`-j link show master ${bridge}`);
  return JSON.parse(text).flatMap(({ ifname = [] }) => ifname);
}

for (const suffix of ["", "x"]) {
  kernelTest(
    `bridge: a bridge named like an index is the one of that name${suffix}`,
    async (host) => {
      const name = await addOther(host) + suffix;
      const sandbox = await host.addSandbox();
      const config = bridgeConfig(host, { bridge: name, isGateway: true });
      host.defer(() =>
        Deno.remove(`/run/cni/bridge-${name}.lock`).catch(() => {})
      );
      const result = await mustCall(host, "bridge", { config, sandbox });
      assertEquals(await portsOf(host, name), [portIn(result)]);
      assertEquals(await portsOf(host, "other"), []);
      assertEquals(
        (await linkIn(host, "other")).addr_info.filter(
          ({ family }: { family: string }) => family === "inet",
        ),
        [],
      );
      const call = { config: { ...config, prevResult: result }, sandbox };
      await mustCall(host, "bridge", { ...call, command: "CHECK" });
      await mustCall(host, "bridge", { ...call, command: "DEL" });
      assertEquals(await portsOf(host, name), []);
    },
  );
}

kernelTest(
  "bridge: a failed ADD takes back nothing of a link whose index it names",
  async (host) => {
    const name = await addOther(host);
    host.defer(() =>
      Deno.remove(`/run/cni/bridge-${name}.lock`).catch(() => {})
    );
    const sandbox = await host.addSandbox();
    const ipam = { type: "static", addresses: [] };
    const config = bridgeConfig(host, { bridge: name, ipam });
    const { status } = await callPlugin(host, "bridge", { config, sandbox });
    assertEquals(status, 1);
    const links = await linkNamesIn(host);
    assertEquals(links.includes("other"), true, links.join());
    assertEquals(links.includes(name), false, links.join());
  },
);

kernelTest(
  "macvlan, host-device: no link of an index is taken for one of a name",
  async (host) => {
    const name = await addOther(host);
    const sandbox = await host.addSandbox();
    const base = { cniVersion: "1.0.0", name: host.network };
    const macvlan = { ...base, type: "macvlan", master: name };
    const error = await mustFail(host, "macvlan", {
      config: macvlan,
      sandbox,
      code: 7,
    });
    assertStringIncludes(error.details, name);
    await mustFail(host, "host-device", {
      config: { ...base, type: "host-device", device: name },
      sandbox,
      code: 999,
    });
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    assertEquals((await linkNamesIn(host)).includes("other"), true);
  },
);

/** Plugins that make an interface, and the keys that they need. */
const MAKERS = {
  ptp: { ipMasq: true },
  macvlan: { master: "d0" },
  "host-device": { device: "d0" },
  tap: { bridge: null },
};

for (const [type, keys] of Object.entries(MAKERS)) {
  kernelTest(
    `${type}: an interface may have a name that is a number to ip`,
    async (host) => {
      await host.ip("link add d0 type veth peer name far0");
      const sandbox = await host.addSandbox();
      const config = bridgeConfig(host, { type, ...keys });
      const call = { sandbox, ifname: "if1", config };
      const before = (await linkIn(sandbox, "lo")).addr_info;
      const prevResult = await mustCall(host, type, call);
      assertEquals(await linkNamesIn(sandbox), ["lo", "if1"]);
      assertEquals((await linkIn(sandbox, "lo")).addr_info, before);
      const check = { ...call, config: { ...config, prevResult } };
      await mustCall(host, type, { ...check, command: "CHECK" });
      await mustCall(host, type, { ...check, command: "DEL" });
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      await mustCall(host, type, { ...check, command: "DEL" });
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    },
    { needs: ["/dev/net/tun", "iptables"] },
  );
}

kernelTest(
  "DEL of an interface named like an index leaves the link of that index",
  async (host) => {
    const sandbox = await host.addSandbox();
    const ifname = await addOther(sandbox);
    const call = { command: "DEL", sandbox, ifname };
    const config = bridgeConfig(host);
    await mustCall(host, "bridge", { ...call, config });
    for (const type of ["ptp", "macvlan", "host-device"]) {
      const keys = { type, ipam: null, master: "lo", device: "none0" };
      const config = bridgeConfig(host, keys);
      await mustCall(host, type, { ...call, config });
    }
    assertEquals(await linkNamesIn(sandbox), ["lo", "other"]);
  },
);

kernelTest(
  "tuning, sbr: CNI_IFNAME is a name, never an index",
  async (host) => {
    const sandbox = await host.addSandbox();
    const ifname = await addOther(sandbox);
    await sandbox.ip("addr add 10.213.0.2/24 dev other");
    const before = await attributesOf(sandbox);
    const prevResult = {
      cniVersion: "1.0.0",
      interfaces: [{ name: ifname, sandbox: sandbox.path }],
      ips: [{ address: "10.213.0.2/24", gateway: "10.213.0.1", interface: 0 }],
    };
    const base = { cniVersion: "1.0.0", name: host.network, prevResult };
    const call = { sandbox, ifname };
    const tuning = { ...base, type: "tuning", mtu: 1400, promisc: true };
    for (const config of [tuning, { ...base, type: "sbr" }]) {
      await mustFail(host, config.type, { ...call, config, code: 999 });
      const del = { ...call, config, command: "DEL" };
      await mustCall(host, config.type, del);
    }
    assertEquals(await attributesOf(sandbox), before);
    const rules = await sandbox.ip("rule show");
    assertEquals(rules.includes("10.213.0.2"), false, rules);
  },
);

kernelTest(
  "tuning: DEL puts nothing back on a link whose index the name is",
  async (host) => {
    const sandbox = await host.addSandbox();
    const ifname = await addOther(sandbox);
    await sandbox.ip(`link add name ${ifname} type bridge`);
    const prevResult = {
      cniVersion: "1.0.0",
      interfaces: [{ name: ifname, sandbox: sandbox.path }],
    };
    const config = {
      ...{ cniVersion: "1.0.0", name: host.network, prevResult },
      ...{ type: "tuning", mac: "02:00:00:00:00:77" },
    };
    const call = { sandbox, ifname, config };
    await mustCall(host, "tuning", call);
    await sandbox.ip(`link del ${ifname}`);
    const before = await attributesOf(sandbox);
    await mustCall(host, "tuning", { ...call, command: "DEL" });
    assertEquals(await attributesOf(sandbox), before);
  },
);

kernelTest(
  "tap: a bridge in the container is named, never numbered",
  async (host) => {
    const sandbox = await host.addSandbox();
    const bridge = await addOther(sandbox);
    const config = bridgeConfig(host, { type: "tap", ipam: null, bridge });
    const call = { config, sandbox, ifname: "tap0" };
    const { status, stdout } = await callPlugin(host, "tap", call);
    assertEquals(status, 1, stdout);
    assertStringIncludes(stdout, bridge);
    assertEquals(await portsOf(sandbox, "other"), []);
  },
  { needs: ["/dev/net/tun"] },
);
