import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  flannelConfig,
  LEASE,
  type Lease,
  stateFileOf,
  subnetFileOf,
  writeLease,
} from "./_flannel.ts";
import {
  attachmentsOf,
  BIN,
  callPlugin,
  createTool,
  fakePlugin,
  type Host,
  kernelTest,
  linkIn,
  linkNamesIn,
  must,
  mustCall,
  mustFail,
  mustPing,
  REFERENCE_BIN,
  stateOf,
} from "./_harness.ts";

const DUAL_LEASE: Lease = {
  ...LEASE,
  ipv6Network: "fd00:244::/48",
  ipv6Subnet: "fd00:244:0:1::1/64",
};

/** How the delegate and its IPAM plugin are called. */
const WAYS: Record<string, Readonly<Record<string, string>>> = {
  "in this process": {},
  "as child processes": { CNI_FORCE_EXEC: "1" },
};

const PING = { needs: ["ping"] };

/** What the reference saves for {@linkcode flannelConfig} and {@linkcode LEASE}. */
function savedText(host: Host): string {
  return `{"bridge":"${host.bridge}","cniVersion":"1.0.0","ipMasq":false,` +
    `"ipam":{"dataDir":"${host.dataDir}/networks",` +
    `"ranges":[[{"subnet":"10.244.1.0/24"}]],` +
    `"routes":[{"dst":"10.244.0.0/16"}],"type":"host-local"},` +
    `"isDefaultGateway":true,"isGateway":true,"mtu":1450,` +
    `"name":"${host.network}","type":"bridge"}`;
}

for (const [way, env] of Object.entries(WAYS)) {
  kernelTest(
    `flannel: attaches by bridge and host-local ${way}`,
    async (host) => {
      await writeLease(host);
      const config = flannelConfig(host);
      const before = await attachmentsOf(host);
      const sandbox = await host.addSandbox();
      const call = { config, sandbox, env };
      const result = await mustCall(host, "flannel", call);
      const [bridge, port, eth0] = result.interfaces;
      assertEquals(result, {
        cniVersion: "1.0.0",
        interfaces: [
          { name: host.bridge, mac: bridge.mac },
          { name: port.name, mac: port.mac },
          { name: "eth0", mac: eth0.mac, sandbox: sandbox.path },
        ],
        ips: [
          { address: "10.244.1.2/24", gateway: "10.244.1.1", interface: 2 },
        ],
        routes: [
          { dst: "10.244.0.0/16" },
          { dst: "0.0.0.0/0", gw: "10.244.1.1" },
        ],
      });
      assertEquals((await linkIn(sandbox, "eth0")).mtu, 1450);
      await mustPing(sandbox, "10.244.1.1");
      const state = await Deno.readTextFile(
        stateFileOf(host, sandbox.containerId),
      );
      assertEquals(state, savedText(host));
      const check = { ...config, prevResult: result };
      await mustCall(host, "flannel", {
        ...call,
        command: "CHECK",
        config: check,
      });
      const del = { ...call, command: "DEL" };
      assertEquals(await mustCall(host, "flannel", del), undefined);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      assertEquals(await attachmentsOf(host), before);
      await mustCall(host, "flannel", del);
      assertEquals(await attachmentsOf(host), before);
    },
    PING,
  );
}

kernelTest("flannel: both families", async (host) => {
  await writeLease(host, { ...DUAL_LEASE, ipMasq: false });
  const config = flannelConfig(host);
  const before = await attachmentsOf(host);
  const sandbox = await host.addSandbox();
  const { ips, routes } = await mustCall(host, "flannel", { config, sandbox });
  assertEquals(ips, [
    { address: "10.244.1.2/24", gateway: "10.244.1.1", interface: 2 },
    {
      address: "fd00:244:0:1::2/64",
      gateway: "fd00:244:0:1::1",
      interface: 2,
    },
  ]);
  assertEquals(routes, [
    { dst: "10.244.0.0/16" },
    { dst: "fd00:244::/48" },
    { dst: "0.0.0.0/0", gw: "10.244.1.1" },
    { dst: "::/0", gw: "fd00:244:0:1::1" },
  ]);
  await mustPing(sandbox, "fd00:244:0:1::1");
  await mustCall(host, "flannel", { command: "DEL", config, sandbox });
  assertEquals(await attachmentsOf(host), before);
}, { needs: ["ping", "iptables", "ip6tables"] });

kernelTest(
  "flannel: DEL with state and subnet file both lost",
  async (host, t) => {
    const ways = { "in this process": "", "as child processes": "1" };
    for (const [way, force] of Object.entries(ways)) {
      for (const isKnown of [true, false]) {
        await t.step(`${way}, prevResult ${isKnown}`, async () => {
          // Masquerade is the delegate's, of which the lost file tells.
          await writeLease(host, { ...LEASE, ipMasq: false });
          const config = flannelConfig(host);
          const before = await attachmentsOf(host);
          const sandbox = await host.addSandbox();
          const env = { CNI_FORCE_EXEC: force };
          const call = { config, sandbox, env };
          const prevResult = await mustCall(host, "flannel", call);
          await Deno.remove(subnetFileOf(host));
          await Deno.remove(stateFileOf(host, sandbox.containerId));
          const del = { ...config, ...(isKnown ? { prevResult } : {}) };
          await mustCall(host, "flannel", {
            ...call,
            command: "DEL",
            config: del,
          });
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
          assertEquals(await attachmentsOf(host), before);
        });
      }
    }
  },
);

kernelTest("flannel: CHECK finds what was changed since ADD", async (host) => {
  await writeLease(host);
  const config = flannelConfig(host);
  const sandbox = await host.addSandbox();
  const prevResult = await mustCall(host, "flannel", { config, sandbox });
  const check = {
    command: "CHECK",
    config: { ...config, prevResult },
    sandbox,
  };
  await Deno.remove(subnetFileOf(host));
  await mustCall(host, "flannel", check);
  await sandbox.ip(`addr del ${prevResult.ips[0].address} dev eth0`);
  await mustFail(host, "flannel", { ...check, code: 999 });
});

kernelTest(
  "flannel: DEL cleans up whatever has been lost",
  async (host, t) => {
    await writeLease(host);
    const config = flannelConfig(host);
    const before = await attachmentsOf(host);
    const changes: Record<string, (id: string, netns: string) => unknown> = {
      "the saved configuration": (id) => Deno.remove(stateFileOf(host, id)),
      "the subnet file": () => Deno.remove(subnetFileOf(host)),
      "the namespace": (_, netns) => must(["ip", "netns", "del", netns]),
      "the subnet, which is another now": () =>
        writeLease(host, { ...LEASE, subnet: "10.244.9.1/24", mtu: 1400 }),
    };
    for (const [why, change] of Object.entries(changes)) {
      await t.step(why, async () => {
        await writeLease(host);
        const sandbox = await host.addSandbox();
        await mustCall(host, "flannel", { config, sandbox });
        await change(sandbox.containerId, sandbox.path.split("/").at(-1)!);
        const del = { command: "DEL", config, sandbox };
        await mustCall(host, "flannel", del);
        await writeLease(host);
        assertEquals(await attachmentsOf(host), before);
      });
    }
  },
);

kernelTest(
  "flannel: DEL of what the reference has attached leaves nothing",
  async (host) => {
    await writeLease(host);
    const config = flannelConfig(host);
    const before = await attachmentsOf(host);
    const sandbox = await host.addSandbox();
    // What the reference does, since there is no package of it: it saves this
    // text and hands it to the delegate.
    const text = savedText(host);
    await Deno.mkdir(`${host.dataDir}/flannel`, { mode: 0o700 });
    await Deno.writeTextFile(stateFileOf(host, sandbox.containerId), text);
    const bin = REFERENCE_BIN;
    await mustCall(host, "bridge", { config: text, sandbox, bin });
    await mustCall(host, "flannel", { command: "DEL", config, sandbox });
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    assertEquals(await attachmentsOf(host), before);
  },
  { needs: [`${REFERENCE_BIN}/bridge`, `${REFERENCE_BIN}/host-local`] },
);

kernelTest(
  "flannel: delegates to the reference's bridge, found first in CNI_PATH",
  async (host) => {
    await writeLease(host);
    const config = flannelConfig(host);
    const before = await attachmentsOf(host);
    const sandbox = await host.addSandbox();
    const call = { config, sandbox, path: `${REFERENCE_BIN}:${BIN}` };
    const { ips, cniVersion } = await mustCall(host, "flannel", call);
    assertEquals([cniVersion, ips[0].address], ["1.0.0", "10.244.1.2/24"]);
    await mustPing(sandbox, "10.244.1.1");
    await mustCall(host, "flannel", { ...call, command: "DEL" });
    assertEquals(await attachmentsOf(host), before);
  },
  {
    needs: ["ping", `${REFERENCE_BIN}/bridge`, `${REFERENCE_BIN}/host-local`],
  },
);

kernelTest("flannel: delegates to a plugin of any name", async (host, t) => {
  await writeLease(host);
  const sandbox = await host.addSandbox();
  const log = `${host.scratchDir}/log`;
  const path = await fakePlugin(
    host,
    "my.plugin-2",
    `echo "$CNI_COMMAND $CNI_CONTAINERID $CNI_IFNAME $CNI_ARGS" >>${log}
    [ "$CNI_COMMAND" != ADD ] || echo '{"cniVersion":"0.4.0","ips":[{"version":"4","address":"10.9.9.9/24"}]}'
    if [ -e ${log}.fail ]; then
      echo '{"code":123,"msg":"full","details":"of it"}'
      exit 1
    fi`,
  );
  const config = flannelConfig(host, { delegate: { type: "my.plugin-2" } });
  const call = { config, sandbox, path, args: "IgnoreUnknown=1;A=b" };
  const words = `${sandbox.containerId} eth0 ${call.args}`;
  const before = await stateOf(host);
  await t.step("its result is of the version asked for", async () => {
    assertEquals(await mustCall(host, "flannel", call), {
      cniVersion: "1.0.0",
      ips: [{ address: "10.9.9.9/24" }],
    });
  });
  await t.step(
    "a DEL that failed is repeated with what was saved",
    async () => {
      const file = stateFileOf(host, sandbox.containerId);
      const saved = await Deno.readTextFile(file);
      await Deno.writeTextFile(`${log}.fail`, "");
      const del = { ...call, command: "DEL" };
      const error = await mustFail(host, "flannel", { ...del, code: 123 });
      assertEquals([error.msg, error.details], ["full", "of it"]);
      assertEquals(await Deno.readTextFile(file), saved);
      await Deno.remove(`${log}.fail`);
      await mustCall(host, "flannel", del);
      assertEquals(
        await Deno.readTextFile(log),
        `ADD ${words}\nDEL ${words}\nDEL ${words}\n`,
      );
    },
  );
  await t.step("an ADD that failed leaves no state", async () => {
    await Deno.remove(log);
    const script = `echo '{"code":123,"msg":"full"}'; exit 1`;
    await fakePlugin(host, "my.plugin-2", script);
    await mustFail(host, "flannel", { ...call, code: 123 });
    const { files } = await stateOf(host);
    const kept = Object.keys(files).filter((file) =>
      !(file in before.files) && !file.endsWith("/")
    );
    assertEquals(kept, []);
  });
});

kernelTest(
  "flannel: bad input is refused and changes nothing",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    await writeLease(host);
    const config = (keys: object) => ({ ...flannelConfig(host), ...keys });
    const none = `${host.dataDir}/none.env`;
    const odd = `${host.dataDir}/odd.env`;
    await Deno.writeTextFile(odd, "FLANNEL_MTU=1450\nFLANNEL_MTU=1450\n");
    const plain = `${host.dataDir}/plain`;
    await Deno.writeTextFile(plain, "");
    const cases: Record<string, readonly [number, string, object]> = {
      "no JSON": [6, "network configuration", { config: "{" }],
      "no name": [7, "name", { config: config({ name: "" }) }],
      "unknown version": [1, "incompatible", {
        config: config({ cniVersion: "7.0.0" }),
      }],
      "no subnet file": [11, `open ${none}: no such file or directory`, {
        config: config({ subnetFile: none }),
      }],
      "a key twice in the subnet file": [7, "line 2", {
        config: config({ subnetFile: odd }),
      }],
      "a subnet file out of reach": [7, "READ_DIRS", {
        config: config({ subnetFile: "/etc/shadow" }),
      }],
      "delegate is a text": [7, "delegate", {
        config: config({ delegate: "bridge" }),
      }],
      "a delegate that does not exist": [
        7,
        'failed to delegate add: failed to find plugin "none"',
        { config: config({ delegate: { type: "none" } }) },
      ],
      "a value that the delegate refuses": [7, "hairpinMode", {
        config: config({ delegate: { hairpinMode: "x" } }),
      }],
      "a folder of state out of reach": [7, "STATE_DIRS", {
        config: config({ dataDir: "/srv/x" }),
      }],
      "a folder of state that is none": [7, "dataDir", {
        config: config({ dataDir: plain }),
      }],
      "no such namespace": [8, "", {
        config: config({ delegate: { bridge: host.bridge } }),
        netns: "/run/netns/cnitest-none",
      }],
      "own namespace": [8, "", {
        config: config({ delegate: { bridge: host.bridge } }),
        netns: host.path,
      }],
      "ifname too long": [4, "interface name", {
        config: config({}),
        ifname: "a123456789012345",
      }],
    };
    // Folders that are empty again may stay.
    const state = async () => {
      const { files, ...rest } = await stateOf(host);
      const names = Object.keys(files).filter((name) =>
        !/\/(lock)?$/.test(name)
      );
      return { ...rest, names };
    };
    const before = await state();
    for (const [why, [code, fragment, call]] of Object.entries(cases)) {
      await t.step(why, async () => {
        const full = { code, config: "", sandbox, ...call };
        const { msg, details = "" } = await mustFail(host, "flannel", full);
        assertStringIncludes(`${msg}; ${details}`, fragment);
        assertEquals(await state(), before);
      });
    }
  },
);

kernelTest("flannel: STATUS tells whether flanneld is up", async (host) => {
  const config = flannelConfig(host, { cniVersion: "1.1.0" });
  const call = { command: "STATUS", config };
  const { msg } = await mustFail(host, "flannel", { ...call, code: 50 });
  assertStringIncludes(msg, "no such file or directory");
  await writeLease(host);
  const before = await stateOf(host);
  await mustCall(host, "flannel", call);
  assertEquals(await stateOf(host), before);
});

kernelTest("flannel: GC removes what belongs to no container", async (host) => {
  await writeLease(host);
  const config = flannelConfig(host, { cniVersion: "1.1.0" });
  const kept = await host.addSandbox();
  await mustCall(host, "flannel", { config, sandbox: kept });
  const withKept = await attachmentsOf(host);
  const stale = await host.addSandbox();
  await mustCall(host, "flannel", { config, sandbox: stale });
  const valid = [{ containerID: kept.containerId, ifname: "eth0" }];
  await mustCall(host, "flannel", {
    command: "GC",
    config: { ...config, "cni.dev/valid-attachments": valid },
  });
  assertEquals(await linkNamesIn(stale), ["lo"]);
  assertEquals(await attachmentsOf(host), withKept);
});

kernelTest("flannel: two networks of one container", async (host) => {
  await writeLease(host);
  const before = await attachmentsOf(host);
  const first = flannelConfig(host);
  const other = `${host.dataDir}/other.env`;
  await Deno.writeTextFile(
    other,
    "FLANNEL_NETWORK=10.245.0.0/16\nFLANNEL_SUBNET=10.245.1.1/24\n" +
      "FLANNEL_MTU=1400\nFLANNEL_IPMASQ=true\n",
  );
  const second = {
    ...first,
    name: `${host.network}-b`,
    subnetFile: other,
    delegate: { bridge: `${host.bridge}b` },
  };
  host.defer(() => Deno.remove(`/run/cni/bridge-${host.bridge}b.lock`));
  const sandbox = await host.addSandbox();
  const calls = [
    { config: first, sandbox },
    { config: second, sandbox, ifname: "eth1" },
  ];
  for (const call of calls) await mustCall(host, "flannel", call);
  for (const call of calls) {
    await mustCall(host, "flannel", { ...call, command: "DEL" });
  }
  await host.ip(`link del ${host.bridge}b`);
  await Deno.remove(other);
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
  assertEquals(await attachmentsOf(host), before);
});

kernelTest("flannel: many containers at a time", async (host) => {
  await writeLease(host);
  const config = flannelConfig(host);
  const before = await attachmentsOf(host);
  const sandboxes = await Promise.all(
    Array.from({ length: 6 }, () => host.addSandbox()),
  );
  const results = await Promise.all(
    sandboxes.map((sandbox) => mustCall(host, "flannel", { config, sandbox })),
  );
  const addresses = new Set(results.map(({ ips }) => ips[0].address));
  assertEquals(addresses.size, sandboxes.length);
  await Promise.all(
    sandboxes.map((sandbox) =>
      mustCall(host, "flannel", { command: "DEL", config, sandbox })
    ),
  );
  assertEquals(await attachmentsOf(host), before);
});

kernelTest("flannel: sample comes after it in a chain", async (host) => {
  await writeLease(host);
  const sandbox = await host.addSandbox();
  const prevResult = await mustCall(host, "flannel", {
    config: flannelConfig(host),
    sandbox,
  });
  const config = {
    cniVersion: "1.0.0",
    name: host.network,
    type: "sample",
    anotherAwesomeArg: "hello",
    prevResult,
  };
  const call = { config, sandbox };
  assertEquals(await mustCall(host, "sample", call), prevResult);
  await mustCall(host, "sample", { ...call, command: "CHECK" });
  await mustCall(host, "sample", { ...call, command: "DEL" });
});

kernelTest("flannel: plans what its delegate would do", async (host) => {
  await writeLease(host);
  const { cniVersion, name, ...plugin } = flannelConfig(host);
  const tool = await createTool(host);
  await tool.write("net.conflist", { cniVersion, name, plugins: [plugin] });
  const sandbox = await host.addSandbox();
  const words = [host.network, sandbox.path];
  const plan = async (verb: string, ...texts: readonly string[]) => {
    const before = await stateOf(host);
    const planned = await tool.must([verb, "--plan", ...words]);
    for (const text of texts) assertStringIncludes(planned, text);
    assertEquals(await stateOf(host), before);
  };
  await plan(
    "add",
    `save the configuration of bridge in ${host.dataDir}/flannel/`,
    `ip link add name ${host.bridge}`,
  );
  await tool.must(["add", ...words]);
  await plan("check", `ip -j -d addr show dev ${host.bridge}`);
  await plan("del", "ip link del dev eth0", `rm ${host.dataDir}/flannel/`);
  await tool.must(["del", ...words]);
});

kernelTest("flannel: says what it is when started by hand", async (host) => {
  const call = { command: "", config: "" };
  const { status, stdout, stderr } = await callPlugin(host, "flannel", call);
  assertEquals([status, stdout], [0, ""]);
  assertStringIncludes(stderr, "CNI flannel plugin v");
});
