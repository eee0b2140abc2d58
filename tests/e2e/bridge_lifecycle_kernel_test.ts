import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  addOutside,
  type Any,
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  fakePlugin,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  must,
  mustCall,
  mustFail,
  mustPing,
  portIn,
  type Sandbox,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { seesInterface } from "./_foreign_ipam.ts";

const MASQUERADE = { needs: ["iptables", "ip6tables", "nft"] };

/** An attachment that a test has made. */
interface Attached {
  readonly sandbox: Sandbox;
  readonly config: object;
  readonly result: Any;
}

async function attach(
  host: Host,
  keys: Record<string, unknown> = {},
): Promise<Attached> {
  const sandbox = await host.addSandbox();
  const config = bridgeConfig(host, {
    isDefaultGateway: true,
    ipMasq: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    ...keys,
  });
  const result = await mustCall(host, "bridge", { config, sandbox });
  return { sandbox, config, result };
}

kernelTest(
  "bridge: DEL may come twice, and for what never was",
  async (host) => {
    const before = await attachmentsOf(host);
    const { sandbox, config } = await attach(host);
    const del = { command: "DEL", config, sandbox };
    const other = await host.addSandbox();
    assertEquals(await mustCall(host, "bridge", del), undefined);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    assertEquals(await attachmentsOf(host), before);
    await mustCall(host, "bridge", del);
    await mustCall(host, "bridge", { ...del, sandbox: other });
    await mustCall(host, "bridge", { ...del, ifname: "eth7" });
    assertEquals(await attachmentsOf(host), before);
  },
  MASQUERADE,
);

for (const backend of ["iptables", "nftables"]) {
  kernelTest(
    `bridge: DEL removes all though the namespace is gone: ${backend}`,
    async (host, t) => {
      const before = await attachmentsOf(host);
      const keys = { ipMasqBackend: backend };
      await t.step("and its path", async () => {
        const { sandbox, config } = await attach(host, keys);
        await must(["ip", "netns", "del", sandbox.path.split("/").at(-1)!]);
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
        assertEquals(await withoutLinks(host), { ...before, links: {} });
      });
      await t.step("and a plain file is left", async () => {
        const { sandbox, config } = await attach(host, keys);
        await must(["umount", sandbox.path]);
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
        assertEquals(await withoutLinks(host), { ...before, links: {} });
      });
      await t.step("and nobody says where it was", async () => {
        const { sandbox, config } = await attach(host, keys);
        await mustCall(host, "bridge", {
          command: "DEL",
          config,
          sandbox,
          netns: "",
        });
        assertEquals(await withoutLinks(host), { ...before, links: {} });
      });
    },
    { needs: [...MASQUERADE.needs, "umount"] },
  );

  kernelTest(
    `bridge: DEL leaves another attachment to the network alone: ${backend}`,
    async (host) => {
      const before = await attachmentsOf(host);
      const outside = await addOutside(host);
      const withOutside = await attachmentsOf(host);
      const { sandbox, config } = await attach(host, {
        ipMasqBackend: backend,
        isDefaultGateway: false,
        isGateway: true,
      });
      const second = { config, sandbox, ifname: "eth1" };
      const { ips } = await mustCall(host, "bridge", second);
      await sandbox.ip(`route add default via ${ips[0].gateway} dev eth1`);
      await mustCall(host, "bridge", { command: "DEL", config, sandbox });
      await mustPing(sandbox, outside.ipv4);
      await mustCall(host, "bridge", { ...second, command: "DEL" });
      assertEquals(await attachmentsOf(host), withOutside);
      await host.ip("link del up0");
      assertEquals(await attachmentsOf(host), before);
    },
    { needs: [...MASQUERADE.needs, "ping"] },
  );
}

kernelTest(
  "bridge: DEL cleans up whatever else is wrong with the configuration",
  async (host) => {
    const before = await attachmentsOf(host);
    const { sandbox, config } = await attach(host);
    const keys = {
      mtu: "x",
      ipMasqBackend: "none",
      vlan: 9999,
      hairpinMode: 1,
    };
    const broken = { ...config, ...keys };
    await mustCall(host, "bridge", { command: "DEL", config: broken, sandbox });
    assertEquals(await attachmentsOf(host), before);
  },
  MASQUERADE,
);

kernelTest(
  "bridge: DEL of its own namespace is refused and touches nothing",
  async (host) => {
    await attach(host);
    const config = bridgeConfig(host);
    await host.ip("link add eth0 type veth peer name eth1");
    const before = await stateOf(host);
    const call = { code: 8, command: "DEL", config, netns: host.path };
    await mustFail(host, "bridge", call);
    assertEquals(await stateOf(host), before);
  },
);

kernelTest("bridge: CHECK agrees with what ADD has done", async (host, t) => {
  const cases: Record<string, Record<string, unknown>> = {
    "gateway": {},
    "promiscuous": { promiscMode: true },
    "routes": {
      ipam: hostLocal(host, [SUBNET4, SUBNET6], {
        routes: [
          { dst: "10.1.0.0/16" },
          { dst: "10.3.0.1/32" },
          { dst: "fd00:1::/48" },
          { dst: "0.0.0.0/0" },
        ],
      }),
    },
    "layer 2": { ipam: null, ipMasq: false, isDefaultGateway: false },
    "end left down": {
      ipam: null,
      ipMasq: false,
      isDefaultGateway: false,
      disableContainerInterface: true,
    },
  };
  for (const [why, keys] of Object.entries(cases)) {
    await t.step(why, async () => {
      const { sandbox, config, result } = await attach(host, keys);
      const check = { ...config, prevResult: result };
      const call = { command: "CHECK", config: check, sandbox };
      const before = await stateOf(host);
      assertEquals(await mustCall(host, "bridge", call), undefined);
      assertEquals(await stateOf(host), before);
      await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    });
  }
}, MASQUERADE);

kernelTest(
  "bridge: CHECK holds for the first container after others have joined",
  async (host) => {
    // Made by hand, its address would follow the lowest one among its ports.
    await host.ip(`link add ${host.bridge} type bridge`);
    const first = await attach(host, {
      runtimeConfig: { mac: "fe:00:00:00:00:01" },
    });
    for (let count = 0; count < 3; count++) await attach(host);
    const { config, result, sandbox } = first;
    const check = { ...config, prevResult: result };
    await mustCall(host, "bridge", {
      command: "CHECK",
      config: check,
      sandbox,
    });
  },
  MASQUERADE,
);

kernelTest(
  "bridge: a bridge that has lost its last port can be a gateway again",
  async (host) => {
    await host.ip(`link add ${host.bridge} type bridge`);
    const layer2 = { ipam: null, ipMasq: false, isDefaultGateway: false };
    const { sandbox, config } = await attach(host, layer2);
    await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    const { result } = await attach(host);
    const { address } = await linkIn(host, host.bridge);
    assertEquals(result.interfaces[0].mac, address);
  },
  MASQUERADE,
);

/** What is done behind the plugin's back, and what CHECK must name. */
interface Tampering {
  readonly act: (attached: Attached, host: Host) => Promise<unknown>;
  readonly names: readonly string[];
  /** Keys of the configuration. */
  readonly keys?: Readonly<Record<string, unknown>>;
}

const TAMPERINGS: Record<string, Tampering> = {
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
  "prefix length changed": {
    act: async ({ sandbox, result }) => {
      const [address] = result.ips[0].address.split("/");
      await sandbox.ip(`addr add ${address}/25 dev eth0`);
      await sandbox.ip(`addr del ${address}/24 dev eth0`);
    },
    names: ["eth0", "/24"],
  },
  "default route removed": {
    act: ({ sandbox }) => sandbox.ip("route del default"),
    names: ["0.0.0.0/0"],
  },
  "IPv6 default route removed": {
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
    names: ["eth0"],
  },
  "link's hardware address changed": {
    act: ({ sandbox }) =>
      sandbox.ip("link set dev eth0 address 02:00:00:00:00:77"),
    names: ["eth0", "02:00:00:00:00:77"],
  },
  "port detached from the bridge": {
    act: ({ result }, host) =>
      host.ip(`link set dev ${portIn(result)} nomaster`),
    names: ["bridge"],
  },
  "bridge's hardware address changed": {
    act: (_, host) =>
      host.ip(`link set dev ${host.bridge} address 02:00:00:00:00:88`),
    names: ["02:00:00:00:00:88"],
  },
  "isolation taken from the port": {
    keys: { portIsolation: true },
    act: ({ result }, host) =>
      host.ip(`link set dev ${portIn(result)} type bridge_slave isolated off`),
    names: ["portIsolation"],
  },
  "hairpin mode taken from the port": {
    keys: { hairpinMode: true },
    act: ({ result }, host) =>
      host.ip(`link set dev ${portIn(result)} type bridge_slave hairpin off`),
    names: ["hairpinMode"],
  },
  "spoof check flushed": {
    keys: { macspoofchk: true },
    act: (_, host) => host.must(["nft", "flush table bridge nat"]),
    names: ["macspoofchk"],
  },
  "spoof check's last chain flushed": {
    keys: { macspoofchk: true },
    act: ({ sandbox: { containerId } }, host) => {
      const chain = `cni-br-iface-${containerId}-eth0-mac`;
      return host.must(["nft", `flush chain bridge nat ${chain}`]);
    },
    names: ["macspoofchk"],
  },
  "reservation removed": {
    act: async (_, host) => {
      const { files } = await attachmentsOf(host);
      for (const path of Object.keys(files)) await Deno.remove(path);
    },
    names: [],
  },
};

kernelTest(
  "bridge: CHECK finds what was changed since ADD",
  async (host, t) => {
    for (const [why, { act, names, keys }] of Object.entries(TAMPERINGS)) {
      await t.step(why, async () => {
        const attached = await attach(host, keys);
        const { sandbox, config, result } = attached;
        const check = { ...config, prevResult: result };
        const call = { command: "CHECK", config: check, sandbox };
        await mustCall(host, "bridge", call);
        await act(attached, host);
        const error = await mustFail(host, "bridge", { code: 999, ...call });
        const text = `${error.msg}; ${error.details}`;
        for (const name of names) assertStringIncludes(text, name);
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
        await host.ip(`link del ${host.bridge}`);
      });
    }
  },
  MASQUERADE,
);

kernelTest(
  "bridge: CHECK finds a bridge that is gone, or is none",
  async (host) => {
    const { sandbox, config, result } = await attach(host);
    const check = { ...config, prevResult: result };
    const call = { command: "CHECK", config: check, sandbox };
    await host.ip(`link del ${host.bridge}`);
    await mustFail(host, "bridge", { code: 999, ...call });
    await host.ip(`link add ${host.bridge} type veth peer name peer0`);
    await mustFail(host, "bridge", { code: 999, ...call });
  },
  MASQUERADE,
);

kernelTest(
  "bridge: CHECK without what it needs is refused",
  async (host, t) => {
    const { sandbox, config, result } = await attach(host);
    const call = { command: "CHECK", sandbox };
    await t.step("prevResult", async () => {
      await mustFail(host, "bridge", { ...call, code: 7, config });
    });
    await t.step("a version that has CHECK", async () => {
      const old = { ...config, cniVersion: "0.3.1", prevResult: result };
      await mustFail(host, "bridge", { ...call, code: 1, config: old });
    });
    await t.step("a namespace", async () => {
      const netns = "/run/netns/cnitest-no-such";
      const full = { ...config, prevResult: result };
      await mustFail(host, "bridge", { ...call, code: 8, config: full, netns });
    });
  },
  MASQUERADE,
);

kernelTest(
  "bridge: STATUS is silent where an ADD could be served",
  async (host, t) => {
    const config = bridgeConfig(host, { cniVersion: "1.1.0", ipMasq: true });
    const call = { command: "STATUS", config };
    const before = await stateOf(host);
    await t.step("all is there", async () => {
      assertEquals(await mustCall(host, "bridge", call), undefined);
    });
    await t.step("the configuration is wrong", async () => {
      const wrong = { ...config, mtu: "x" };
      await mustFail(host, "bridge", { ...call, code: 7, config: wrong });
    });
    await t.step("the IPAM plugin is missing", async () => {
      const wrong = { ...config, ipam: { type: "no-such-ipam" } };
      await mustFail(host, "bridge", { ...call, code: 7, config: wrong });
    });
    assertEquals(await stateOf(host), before);
  },
  MASQUERADE,
);

for (const backend of ["iptables", "nftables"]) {
  kernelTest(
    `bridge: GC removes what is not valid any more, and only that: ${backend}`,
    async (host) => {
      const keys = {
        cniVersion: "1.1.0",
        ipMasqBackend: backend,
        macspoofchk: true,
      };
      const outside = await addOutside(host);
      const kept = await attach(host, keys);
      const other = await attach(host, { ...keys, name: "another-net" });
      const before = await attachmentsOf(host);
      const released = { files: before.files };
      const [stale, gone] = [
        await attach(host, keys),
        await attach(host, keys),
      ];
      await must(["ip", "netns", "del", gone.sandbox.path.split("/").at(-1)!]);
      const valid = [{ containerID: kept.sandbox.containerId, ifname: "eth0" }];
      const config = { ...kept.config, "cni.dev/valid-attachments": valid };
      await mustCall(host, "bridge", { command: "GC", config });
      // Reservations are the IPAM plugin's affair.
      assertEquals({ ...await attachmentsOf(host), ...released }, before);
      assertEquals(await linkNamesIn(stale.sandbox), ["lo"]);
      for (const { sandbox } of [kept, other]) {
        await mustPing(sandbox, outside.ipv4);
      }
    },
    { needs: [...MASQUERADE.needs, "ping"] },
  );
}

kernelTest(
  "bridge: every command reaches the IPAM plugin with its arguments",
  async (host) => {
    const sandbox = await host.addSandbox();
    const log = `${host.scratchDir}/log`;
    const result = { cniVersion: "1.1.0", ips: [{ address: "10.213.0.7/24" }] };
    const path = await fakePlugin(
      host,
      "log-ipam",
      `echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_NETNS $CNI_IFNAME $CNI_ARGS" >>'${log}'
[ $CNI_COMMAND != ADD ] || echo '${JSON.stringify(result)}'`,
    );
    const config = bridgeConfig(host, {
      cniVersion: "1.1.0",
      ipam: { type: "log-ipam" },
    });
    const call = { config, sandbox, path, args: "IgnoreUnknown=1;A=b" };
    const prevResult = await mustCall(host, "bridge", call);
    const check = { ...config, prevResult };
    await mustCall(host, "bridge", {
      ...call,
      command: "CHECK",
      config: check,
    });
    for (const command of ["STATUS", "GC", "DEL"]) {
      const keys = { ...config, "cni.dev/valid-attachments": [] };
      await mustCall(host, "bridge", { ...call, command, config: keys });
    }
    const lines = (await Deno.readTextFile(log)).trim().split("\n");
    const rest = `${sandbox.containerId} ${sandbox.path} eth0 ${call.args}`;
    assertEquals(lines, [
      ...["ADD", "CHECK", "STATUS", "GC", "DEL"].map((one) => `${one} ${rest}`),
    ]);
  },
);

kernelTest("bridge: every command keeps stdout pure", async (host, t) => {
  const { sandbox, config, result } = await attach(host, {
    cniVersion: "1.1.0",
  });
  await t.step("VERSION", async () => {
    const call = { command: "VERSION", config: "" };
    const version = await mustCall(host, "bridge", call);
    assertEquals(version.supportedVersions.at(-1), "1.1.0");
  });
  await t.step("started by hand", async () => {
    const output = await callPlugin(host, "bridge", {
      command: "",
      config: "",
    });
    assertEquals([output.status, output.stdout], [0, ""]);
    assertStringIncludes(output.stderr, "bridge");
  });
  for (const command of ["CHECK", "STATUS", "GC", "DEL"]) {
    await t.step(command, async () => {
      const full = { ...config, prevResult: result };
      const keys = { "cni.dev/valid-attachments": [] };
      const call = { command, config: { ...full, ...keys }, sandbox };
      const { stdout, stderr } = await callPlugin(host, "bridge", call);
      assertEquals([stdout, stderr], ["", ""]);
    });
  }
}, MASQUERADE);

/** As {@linkcode attachmentsOf}, without links: they go with a delay. */
async function withoutLinks(host: Host) {
  return { ...await attachmentsOf(host), links: {} };
}

for (
  const [why, keys] of Object.entries({
    "on a bridge of layer 2": {},
    "behind a gateway": { isGateway: true, ipMasq: true },
    "with a spoof check": { macspoofchk: true },
  })
) {
  kernelTest(
    `bridge: an IPAM plugin that is not ours finds the interface, up, ${why}`,
    async (host) => {
      const sandbox = await host.addSandbox();
      const configWith = (ipam: object) =>
        bridgeConfig(host, { ...keys, ipam });
      await seesInterface(host, sandbox, configWith);
    },
    MASQUERADE,
  );
}
