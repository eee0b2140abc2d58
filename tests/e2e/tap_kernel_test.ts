import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  type Any,
  createFaults,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  netnsStateOf,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import {
  addQuietSandbox,
  type InterfacePlugin,
  interfaceTests,
} from "./_interface_plugin.ts";

const MAC = "02:00:00:00:00:05";

function tapConfig(
  host: Host,
  { ipam, ...keys }: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const routes = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];
  const own = hostLocal(host, [SUBNET4, SUBNET6], { routes });
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "tap",
    ...(ipam === null ? {} : { ipam: ipam ?? own }),
    ...keys,
  };
}

const TAP: InterfacePlugin = {
  name: "tap",
  needs: ["flock", "iptables", "ip6tables", "/dev/net/tun"],
  config: (host, keys) =>
    tapConfig(host, {
      multiQueue: true,
      mtu: 1400,
      mac: MAC,
      owner: 1000,
      group: 1001,
      ...keys,
    }),
  tamperings: {
    "the device is gone": {
      act: ({ sandbox }) => sandbox.ip("link del eth0"),
      names: ["eth0", "gone"],
    },
    "it is of another kind": {
      act: async ({ sandbox }) => {
        await sandbox.ip("link del eth0");
        await sandbox.ip(`link add eth0 address ${MAC} type bridge`);
      },
      names: ["eth0", "tun"],
    },
    "its hardware address": {
      act: ({ sandbox }) =>
        sandbox.ip("link set eth0 address 02:00:00:00:00:77"),
      names: ["eth0", MAC],
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
  broken: {
    multiQueue: "yes",
    mtu: 67,
    mac: "x",
    owner: "root",
    group: -1,
    selinuxContext: "a b",
    bridge: "a b",
    dns: 1,
  },
};

interfaceTests(TAP);

kernelTest("tap: the device is what is asked for", async (host, t) => {
  const data = { type: "tap", persist: true, pi: false };
  const cases: Record<string, readonly [Any, Any]> = {
    "nothing": [{}, { ...data, multi_queue: false, vnet_hdr: false }],
    "several queues": [
      { multiQueue: true, mtu: 1400, mac: MAC },
      { ...data, multi_queue: true, vnet_hdr: false },
    ],
    "an owner": [
      { owner: 4000000001, mtu: 1400 },
      { ...data, user: 4000000001, vnet_hdr: false },
    ],
    "a group": [
      { group: 4000000002, mac: MAC },
      { ...data, group: 4000000002, vnet_hdr: false },
    ],
    // The reference takes no notice of MTU and address then.
    "an owner and a group": [
      { owner: 4000000001, group: 4000000002, mtu: 1400, mac: MAC },
      { ...data, user: 4000000001, group: 4000000002, vnet_hdr: true },
    ],
  };
  for (const [why, [keys, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const sandbox = await addQuietSandbox(host);
      const config = tapConfig(host, { ...keys, ipam: null });
      const result = await mustCall(host, "tap", { config, sandbox });
      const link = await linkIn(sandbox, "eth0");
      const { info_kind, info_data } = link.linkinfo;
      assertEquals(info_kind, "tun");
      assertEquals({ ...info_data, ...expected }, info_data);
      assertEquals(link.mtu, keys.mtu ?? 1500);
      if (keys.mac !== undefined) assertEquals(link.address, MAC);
      assertEquals(link.flags.includes("UP"), true);
      assertEquals(result, {
        cniVersion: "1.0.0",
        interfaces: [
          { name: "eth0", mac: link.address, sandbox: sandbox.path },
        ],
      });
      await mustCall(host, "tap", { command: "DEL", config, sandbox });
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    });
  }
}, { needs: ["/dev/net/tun"] });

kernelTest(
  "tap: the device joins a bridge of the container",
  async (host, t) => {
    const sandbox = await addQuietSandbox(host);
    await sandbox.ip("link add br0 type bridge");
    const config = tapConfig(host, { bridge: "br0", ipam: null });
    const call = { config, sandbox };
    await t.step("and CHECK looks whether it is still there", async () => {
      const prevResult = await mustCall(host, "tap", call);
      assertEquals((await linkIn(sandbox, "eth0")).master, "br0");
      const full = { ...config, prevResult };
      const check = { ...call, command: "CHECK", config: full };
      await mustCall(host, "tap", check);
      await sandbox.ip("link set eth0 nomaster");
      const { msg, details } = await mustFail(host, "tap", {
        ...check,
        code: 999,
      });
      assertStringIncludes(`${msg} ${details}`, "br0");
      await mustCall(host, "tap", { ...call, command: "DEL" });
      assertEquals(await linkNamesIn(sandbox), ["lo", "br0"]);
    });
    await sandbox.ip("link add v0 type veth peer name v1");
    for (const bridge of ["br7", "v0"]) {
      await t.step(`which "${bridge}" is not`, async () => {
        const before = [await stateOf(host), await netnsStateOf(sandbox)];
        const wrong = tapConfig(host, { bridge });
        const error = await mustFail(host, "tap", {
          code: 7,
          config: wrong,
          sandbox,
        });
        assertStringIncludes(error.details, `"${bridge}"`);
        const after = [await stateOf(host), await netnsStateOf(sandbox)];
        assertEquals(after, before);
      });
    }
  },
  { needs: ["/dev/net/tun"] },
);

kernelTest(
  "tap: a device that nobody has opened is not waited for",
  async (host) => {
    // With duplicate address detection, which does not end before.
    const sandbox = await host.addSandbox();
    const config = tapConfig(host);
    const faults = createFaults(host);
    faults.arm(0);
    const env = { PATH: faults.path };
    const prevResult = await mustCall(host, "tap", { config, sandbox, env });
    // Five seconds of looking would be a hundred looks.
    assert(faults.count() < 50, `${faults.count()} steps`);
    const [link] = JSON.parse(await sandbox.ip("-j addr show dev eth0"));
    const isTentative = link.addr_info.some((one: Any) => one.tentative);
    assertEquals(isTentative, true);
    const full = { ...config, prevResult };
    await mustCall(host, "tap", { command: "CHECK", config: full, sandbox });
    await mustCall(host, "tap", { command: "DEL", config, sandbox });
  },
  { needs: ["/dev/net/tun", "flock"] },
);

kernelTest(
  "tap: the device is made in the context asked for",
  async (host, t) => {
    const selinuxContext = "system_u:system_r:container_t:s0";
    const sandbox = await addQuietSandbox(host);
    const config = tapConfig(host, { selinuxContext, mac: MAC, mtu: 1400 });
    const folder = `${host.scratchDir}/programs`;
    await Deno.mkdir(folder);
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const standIn = (script: string) =>
      Deno.writeTextFile(`${folder}/runcon`, `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      });
    const before = [await netnsStateOf(host), await netnsStateOf(sandbox)];
    await t.step("by runcon, which is given its words", async () => {
      await standIn(`echo "$*" >'${folder}/words'\nshift\nexec "$@"`);
      await mustCall(host, "tap", { config, sandbox, env });
      assertEquals(
        await Deno.readTextFile(`${folder}/words`),
        `${selinuxContext} ip tuntap add mode tap name eth0\n`,
      );
      const { address, mtu } = await linkIn(sandbox, "eth0");
      assertEquals([address, mtu], [MAC, 1400]);
      await mustCall(host, "tap", { command: "DEL", config, sandbox });
    });
    await t.step("and it is removed when the ADD fails after all", async () => {
      const routes = [{ dst: "10.9.0.0/16", gw: "172.31.0.1" }];
      const ipam = hostLocal(host, [SUBNET4], { routes });
      const wrong = { ...config, ipam };
      await mustFail(host, "tap", { code: 999, config: wrong, sandbox, env });
      const after = [await netnsStateOf(host), await netnsStateOf(sandbox)];
      assertEquals(after, before);
    });
    await t.step("or not at all where there is no SELinux", async () => {
      const script = "echo 'runcon: may be used only on a SELinux kernel' >&2";
      await standIn(`${script}\nexit 1`);
      const call = { code: 999, config, sandbox, env };
      const { details } = await mustFail(host, "tap", call);
      assertStringIncludes(details, selinuxContext);
      assertStringIncludes(details, "only on a SELinux kernel");
      const after = [await netnsStateOf(host), await netnsStateOf(sandbox)];
      assertEquals(after, before);
    });
  },
  { needs: ["/dev/net/tun"] },
);
