import {
  assert,
  assertEquals,
  assertFalse,
  assertStringIncludes,
} from "@std/assert";
import {
  addOutside,
  addressesIn,
  attachmentsOf,
  bridgeConfig,
  canPing,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  mustPing,
  type Sandbox,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

const PING = { needs: ["ping"] };

const SUBNETS = {
  "IPv4": [SUBNET4],
  "IPv6": [SUBNET6],
  "dual stack": [SUBNET4, SUBNET6],
};

for (const [family, subnets] of Object.entries(SUBNETS)) {
  kernelTest(
    `bridge: two containers reach each other and the gateway by ${family}`,
    async (host) => {
      const before = await attachmentsOf(host);
      const config = bridgeConfig(host, {
        isGateway: true,
        ipam: hostLocal(host, subnets),
      });
      const [one, two] = [await host.addSandbox(), await host.addSandbox()];
      const first = await mustCall(host, "bridge", { config, sandbox: one });
      const second = await mustCall(host, "bridge", { config, sandbox: two });
      assertEquals(first.ips.length, subnets.length);
      for (const [index, ip] of first.ips.entries()) {
        await mustPing(one, ip.gateway);
        await mustPing(one, addressesIn(second)[index]!);
        await mustPing(host, addressesIn(first)[index]!);
      }
      for (const sandbox of [one, two]) {
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
      }
      assertEquals(await attachmentsOf(host), before);
    },
    PING,
  );
}

for (const backend of ["iptables", "nftables"]) {
  kernelTest(
    `bridge: ipMasq hides containers behind the host by ${backend}`,
    async (host) => {
      const before = await attachmentsOf(host);
      const outside = await addOutside(host);
      const withOutside = await attachmentsOf(host);
      const [hidden, plain] = [
        await host.addSandbox(),
        await host.addSandbox(),
      ];
      const config = bridgeConfig(host, {
        isDefaultGateway: true,
        ipMasq: true,
        ipMasqBackend: backend,
        ipam: hostLocal(host, [SUBNET4, SUBNET6]),
      });
      const plainConfig = { ...config, ipMasq: false };
      await mustCall(host, "bridge", { config, sandbox: hidden });
      await mustCall(host, "bridge", { config: plainConfig, sandbox: plain });
      await mustPing(hidden, outside.ipv4);
      await mustPing(hidden, outside.ipv6);
      // No way back to the containers' own addresses: the source was the host's.
      assertFalse(await canPing(plain, outside.ipv4));
      for (const sandbox of [hidden, plain]) {
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
      }
      assertEquals(await attachmentsOf(host), withOutside);
      await host.ip("link del up0");
      assertEquals(await attachmentsOf(host), before);
    },
    { needs: ["ping", "iptables", "ip6tables", "nft"] },
  );
}

kernelTest(
  "bridge: ipMasq leaves traffic inside the subnet alone",
  async (host) => {
    const [one, two] = [await host.addSandbox(), await host.addSandbox()];
    const config = bridgeConfig(host, { isDefaultGateway: true, ipMasq: true });
    const { ips } = await mustCall(host, "bridge", { config, sandbox: one });
    const second = await mustCall(host, "bridge", { config, sandbox: two });
    // Frames between ports pass the firewall only where bridge-nf asks for it,
    // so a route through the gateway is forced.
    const [target] = addressesIn(second);
    await one.ip(`route add ${target}/32 via ${ips[0].gateway} dev eth0`);
    await two.must(["nft", "-f", "-"], { stdin: COUNT_SOURCE(ips[0].address) });
    await mustPing(one, target!);
    const counters = await two.must(["nft", "list", "counters"]);
    assert(/packets [1-9]/.test(counters), counters);
  },
  { needs: ["ping", "iptables", "nft"] },
);

const COUNT_SOURCE = (address: string) => `
add table inet t
add counter inet t seen
add chain inet t input { type filter hook input priority 0; }
add rule inet t input ip saddr ${address.split("/")[0]} counter name seen
`;

kernelTest(
  "bridge: isDefaultGateway routes everything through the bridge",
  async (host) => {
    const sandbox = await host.addSandbox();
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    });
    const result = await mustCall(host, "bridge", { config, sandbox });
    assertEquals(result.routes, [
      { dst: "0.0.0.0/0", gw: "10.213.0.1" },
      { dst: "::/0", gw: "fd00:213::1" },
    ]);
    const ipv4 = JSON.parse(await sandbox.ip("-j -4 route show default"));
    const ipv6 = JSON.parse(await sandbox.ip("-j -6 route show default"));
    assertEquals([ipv4[0].gateway, ipv6[0].gateway], [
      "10.213.0.1",
      "fd00:213::1",
    ]);
    assertEquals(await forwardingOf(host), "1 1");
  },
);

kernelTest(
  "bridge: a default route from IPAM without gw gets the gateway once",
  async (host) => {
    const sandbox = await host.addSandbox();
    const routes = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6], { routes }),
    });
    await mustCall(host, "bridge", { config, sandbox });
    const ipv4 = JSON.parse(await sandbox.ip("-j -4 route show default"));
    const ipv6 = JSON.parse(await sandbox.ip("-j -6 route show default"));
    assertEquals([ipv4.length, ipv6.length], [1, 1]);
    assertEquals(ipv4[0].gateway, "10.213.0.1");
  },
);

kernelTest(
  "bridge: without ipam it is a switch for addresses set by hand",
  async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, { ipam: null });
    const [one, two] = [await host.addSandbox(), await host.addSandbox()];
    const result = await mustCall(host, "bridge", { config, sandbox: one });
    await mustCall(host, "bridge", { config, sandbox: two });
    assertEquals(Object.keys(result).sort(), ["cniVersion", "interfaces"]);
    await one.ip("addr add 10.9.9.1/24 dev eth0");
    await two.ip("addr add 10.9.9.2/24 dev eth0");
    await mustPing(one, "10.9.9.2");
    assertEquals(await forwardingOf(host), "0 0");
    for (const sandbox of [one, two]) {
      const check = { ...config, prevResult: result };
      if (sandbox === one) {
        await mustCall(host, "bridge", {
          command: "CHECK",
          config: check,
          sandbox,
        });
      }
      await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    }
    assertEquals(await attachmentsOf(host), before);
  },
  PING,
);

kernelTest(
  "bridge: routes of IPAM get their table, metric, scope, MTU and MSS",
  async (host) => {
    const sandbox = await host.addSandbox();
    const routes = [
      { dst: "10.1.0.0/16", priority: 50, mtu: 1300, advmss: 1200 },
      { dst: "10.2.0.0/16", table: 77 },
      { dst: "10.3.0.0/16", gw: "10.213.0.9" },
      { dst: "10.213.9.0/24", gw: "0.0.0.0", scope: 253 },
      { dst: "fd00:9::/64", priority: 60 },
    ];
    const usable = routes.filter(({ gw }) => gw !== "0.0.0.0");
    const config = bridgeConfig(host, {
      cniVersion: "1.0.0",
      isGateway: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6], { routes: usable }),
    });
    await mustCall(host, "bridge", { config, sandbox });
    const show = (words: string) => sandbox.ip(`route show ${words}`);
    const cases = {
      "10.1.0.0/16": [
        "via 10.213.0.1 ",
        "metric 50",
        "mtu 1300",
        "advmss 1200",
      ],
      "table 77": ["10.2.0.0/16 via 10.213.0.1 "],
      "10.3.0.0/16": ["via 10.213.0.9 "],
    };
    for (const [words, parts] of Object.entries(cases)) {
      const text = await show(words);
      for (const part of parts) {
        assert(
          text.includes(part),
          `${words}: ${text}`,
        );
      }
    }
    const ipv6 = await sandbox.ip("-6 route show fd00:9::/64");
    assert(
      ipv6.includes("via fd00:213::1 ") && ipv6.includes("metric 60"),
      ipv6,
    );
  },
);

kernelTest("bridge: mtu is that of bridge and pair", async (host) => {
  const sandbox = await host.addSandbox();
  const config = bridgeConfig(host, { mtu: 1400 });
  const { interfaces } = await mustCall(host, "bridge", { config, sandbox });
  const links = [
    await linkIn(host, host.bridge),
    await linkIn(host, interfaces[1].name),
    await linkIn(sandbox, "eth0"),
  ];
  assertEquals(links.map(({ mtu }) => mtu), [1400, 1400, 1400]);
});

/** The flags of the bridge's port that `keys` lead to. */
async function portFlags(host: Host, keys: Record<string, unknown>) {
  const sandbox = await host.addSandbox();
  const config = bridgeConfig(host, keys);
  const { interfaces } = await mustCall(host, "bridge", { config, sandbox });
  const { linkinfo } = await linkIn(host, interfaces[1].name);
  const { hairpin, isolated } = linkinfo.info_slave_data;
  return { hairpin, isolated };
}

kernelTest(
  "bridge: hairpinMode and portIsolation are flags of the port",
  async (host) => {
    const off = { hairpin: false, isolated: false };
    assertEquals(await portFlags(host, {}), off);
    const hairpin = await portFlags(host, { hairpinMode: true });
    assertEquals(hairpin, { ...off, hairpin: true });
    const isolated = await portFlags(host, { portIsolation: true });
    assertEquals(isolated, { ...off, isolated: true });
  },
);

kernelTest("bridge: portIsolation keeps isolated ports apart", async (host) => {
  const config = bridgeConfig(host, { isGateway: true, portIsolation: true });
  const [one, two] = [await host.addSandbox(), await host.addSandbox()];
  const { ips } = await mustCall(host, "bridge", { config, sandbox: one });
  const second = await mustCall(host, "bridge", { config, sandbox: two });
  await mustPing(one, ips[0].gateway);
  assertFalse(await canPing(one, addressesIn(second)[0]!));
}, PING);

kernelTest("bridge: promiscMode makes the bridge promiscuous", async (host) => {
  const sandbox = await host.addSandbox();
  await mustCall(host, "bridge", { config: bridgeConfig(host), sandbox });
  assertFalse((await linkIn(host, host.bridge)).flags.includes("PROMISC"));
  const other = await host.addSandbox();
  const config = bridgeConfig(host, { promiscMode: true });
  await mustCall(host, "bridge", { config, sandbox: other });
  assert((await linkIn(host, host.bridge)).flags.includes("PROMISC"));
});

kernelTest(
  "bridge: the container gets the hardware address that is asked for",
  async (host, t) => {
    const macs = {
      runtimeConfig: { mac: "02:00:00:00:00:01" },
      args: { cni: { mac: "02-00-00-00-00-02" } },
    };
    const args = "IgnoreUnknown=1;K8S_POD_NAME=p;MAC=02:00:00:00:00:AA";
    const cases = {
      "runtimeConfig beats all": { keys: macs, mac: "02:00:00:00:00:01" },
      "args beat CNI_ARGS": {
        keys: { args: macs.args },
        mac: "02:00:00:00:00:02",
      },
      "CNI_ARGS": { keys: {}, mac: "02:00:00:00:00:aa" },
    };
    for (const [why, { keys, mac }] of Object.entries(cases)) {
      await t.step(why, async () => {
        const sandbox = await host.addSandbox();
        const config = bridgeConfig(host, keys);
        const result = await mustCall(host, "bridge", {
          config,
          sandbox,
          args,
        });
        const { address } = await linkIn(sandbox, "eth0");
        assertEquals([result.interfaces[2].mac, address], [mac, mac]);
        // As in a real DEL: the arguments must not be in its way.
        await mustCall(host, "bridge", {
          command: "DEL",
          config,
          sandbox,
          args,
        });
      });
    }
  },
);

kernelTest(
  "bridge: disableContainerInterface leaves the container's end down",
  async (host) => {
    const sandbox = await host.addSandbox();
    const keys = { ipam: null, disableContainerInterface: true };
    const config = bridgeConfig(host, keys);
    await mustCall(host, "bridge", { config, sandbox });
    const link = await linkIn(sandbox, "eth0");
    assertFalse(link.flags.includes("UP"));
    assertEquals(link.addr_info, []);
  },
);

kernelTest("bridge: enabledad ends with settled addresses", async (host) => {
  const config = dadConfig(host);
  const sandbox = await host.addSandbox();
  const { ips } = await mustCall(host, "bridge", { config, sandbox });
  const { addr_info } = await linkIn(sandbox, "eth0");
  const found = addr_info.find(({ scope }: { scope: string }) =>
    scope === "global"
  );
  assertEquals(`${found.local}/${found.prefixlen}`, ips[0].address);
  assertEquals(found.tentative, undefined);
});

kernelTest(
  "bridge: enabledad refuses an address that another has",
  async (host) => {
    const [owner, sandbox] = [await host.addSandbox(), await host.addSandbox()];
    const plain = bridgeConfig(host, { ipam: null });
    await mustCall(host, "bridge", { config: plain, sandbox: owner });
    await owner.ip("addr add fd00:213::2/64 dev eth0 nodad");
    const before = await attachmentsOf(host);
    const config = dadConfig(host);
    const error = await mustFail(host, "bridge", {
      code: 999,
      config,
      sandbox,
    });
    assertStringIncludes(`${error.msg} ${error.details}`, "fd00:213::2");
    assertEquals(await attachmentsOf(host), before);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  },
);

function dadConfig(host: Host): object {
  const keys = { enabledad: true, ipam: hostLocal(host, [SUBNET6]) };
  return bridgeConfig(host, { ...keys, isGateway: true });
}

kernelTest(
  "bridge: macspoofchk drops frames from other hardware addresses",
  async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, { isGateway: true, macspoofchk: true });
    const sandbox = await host.addSandbox();
    const { ips } = await mustCall(host, "bridge", { config, sandbox });
    await mustPing(sandbox, ips[0].gateway);
    await changeMac(sandbox, "02:00:00:00:99:99");
    assertFalse(await canPing(sandbox, ips[0].gateway));
    await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: ["ping", "nft"] },
);

async function changeMac(sandbox: Sandbox, mac: string): Promise<void> {
  await sandbox.ip(`link set dev eth0 address ${mac}`);
}

/** Whether the host forwards: `IPv4 IPv6`, each 0 or 1. */
async function forwardingOf(host: Host): Promise<string> {
  const text = await host.must([
    "cat",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sys/net/ipv6/conf/all/forwarding",
  ]);
  return text.trim().replace("\n", " ");
}
