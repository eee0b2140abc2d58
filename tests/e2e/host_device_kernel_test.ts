import { assert, assertEquals } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  type Any,
  BIN,
  callPlugin,
  createFaults,
  fakePlugin,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  mustPing,
  netnsStateOf,
  type PluginCall,
  REFERENCE_BIN,
  type Sandbox,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { seesInterface } from "./_foreign_ipam.ts";

const MAC = "02:00:00:00:00:d0";

/** Puts a pair into the host: `d0` is the device, `far0` what it leads to. */
async function addDevice(host: Host): Promise<void> {
  await host.ip(`link add d0 address ${MAC} type veth peer name far0`);
  await host.ip("link set far0 up");
  await host.ip("addr add 10.213.0.1/24 dev far0");
  await host.ip("addr add fd00:213::1/64 dev far0 nodad");
}

/** A container in which IPv6 addresses can be used at once. */
async function addSandbox(host: Host): Promise<Sandbox> {
  const sandbox = await host.addSandbox();
  const names = ["all", "default"]
    .map((name) => `net.ipv6.conf.${name}.accept_dad=0`);
  await sandbox.must(["sysctl", "-qw", ...names]);
  return sandbox;
}

function configFor(
  host: Host,
  { ipam, ...keys }: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "host-device",
    ...keys,
    ...(ipam === null ? {} : { ipam: ipam ?? dualStack(host) }),
  };
}

function dualStack(host: Host): Record<string, unknown> {
  return hostLocal(host, [SUBNET4, SUBNET6], {
    routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
  });
}

/** The host's state, without what host-local notes for itself. */
async function stateBut(host: Host): Promise<unknown> {
  const { files, ...state } = await stateOf(host);
  const reservations = Object.keys(files).filter((path) =>
    !path.includes("/.cni/") && /\/(\d+\.|fd00)[^/]*$/.test(path)
  );
  return { ...state, reservations };
}

/** The device as the host has it. */
async function deviceIn(host: Host): Promise<Any> {
  const { ifname, address, ifalias = "", flags } = await linkIn(host, "d0");
  return { ifname, address, ifalias, isUp: flags.includes("UP") };
}

const HOME = { ifname: "d0", address: MAC, ifalias: "", isUp: false };

kernelTest(
  "host-device: moves a device to the container and back",
  async (host, t) => {
    await addDevice(host);
    const selectors: Record<string, Any> = {
      "by name": { device: "d0" },
      "by hardware address": { hwaddr: MAC.toUpperCase() },
      "by both": { device: "d0", hwaddr: MAC },
    };
    for (const [why, keys] of Object.entries(selectors)) {
      for (const force of ["", "1"]) {
        await t.step(`${why}${force && ", by processes"}`, async () => {
          const before = await stateBut(host);
          const sandbox = await addSandbox(host);
          const config = configFor(host, { ...keys, dns: { domain: "a" } });
          const env = { CNI_FORCE_EXEC: force };
          const call = { config, sandbox, env };
          const result = await mustCall(host, "host-device", call);
          assertEquals(result.interfaces, [
            { name: "eth0", mac: MAC, sandbox: sandbox.path },
          ]);
          assertEquals(result.dns, { domain: "a" });
          assertEquals(
            result.ips.map((ip: Any) => ip.interface),
            [0, 0],
          );
          const link = await linkIn(sandbox, "eth0");
          assertEquals([link.address, link.ifalias], [MAC, "d0"]);
          assert(!(await linkNamesIn(host)).includes("d0"));
          await mustPing(sandbox, "10.213.0.1");
          await mustPing(sandbox, "fd00:213::1");
          const full = { ...config, prevResult: result };
          const check = { ...call, command: "CHECK", config: full };
          await mustCall(host, "host-device", check);
          await mustCall(host, "host-device", { ...call, command: "DEL" });
          assertEquals(await deviceIn(host), HOME);
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
          await mustCall(host, "host-device", { ...call, command: "DEL" });
          assertEquals(await stateBut(host), before);
        });
      }
    }
  },
  { needs: ["ping"] },
);

kernelTest("host-device: does without addresses", async (host) => {
  await addDevice(host);
  const sandbox = await addSandbox(host);
  const config = configFor(host, { device: "d0", ipam: null });
  const result = await mustCall(host, "host-device", { config, sandbox });
  assertEquals(result, {
    cniVersion: "1.0.0",
    interfaces: [{ name: "eth0", mac: MAC, sandbox: sandbox.path }],
  });
  assert((await linkIn(sandbox, "eth0")).flags.includes("UP"));
  await mustCall(host, "host-device", { command: "DEL", config, sandbox });
  assertEquals(await deviceIn(host), HOME);
});

kernelTest(
  "host-device: the result has the shape of the version",
  async (host, t) => {
    await addDevice(host);
    for (const cniVersion of SPEC_VERSIONS) {
      await t.step(cniVersion, async () => {
        const sandbox = await addSandbox(host);
        const config = { ...configFor(host, { device: "d0" }), cniVersion };
        const result = await mustCall(host, "host-device", { config, sandbox });
        const shape = cniVersion < "0.3.0"
          ? ["cniVersion", "dns", "ip4", "ip6"]
          : cniVersion < "1.0.0"
          ? ["cniVersion", "dns", "interfaces", "ips", "routes"]
          : ["cniVersion", "interfaces", "ips", "routes"];
        assertEquals(Object.keys(result).sort(), shape);
        await mustCall(host, "host-device", {
          command: "DEL",
          config,
          sandbox,
        });
      });
    }
  },
);

kernelTest(
  "host-device: names may be taken on either side",
  async (host, t) => {
    await addDevice(host);
    await host.ip("link add eth0 type veth peer name other0");
    const config = configFor(host, { device: "d0" });
    await t.step("those of the container in the host", async () => {
      const sandbox = await addSandbox(host);
      await sandbox.ip("link add d0 type veth peer name x0");
      await mustCall(host, "host-device", { config, sandbox });
      await mustCall(host, "host-device", { command: "DEL", config, sandbox });
      assertEquals(await deviceIn(host), HOME);
    });
    await t.step("its own in the host", async () => {
      const sandbox = await addSandbox(host);
      await mustCall(host, "host-device", { config, sandbox });
      await host.ip("link add d0 type veth peer name x0");
      const del = { command: "DEL", config, sandbox };
      const { status, stdout, stderr } = await callPlugin(
        host,
        "host-device",
        del,
      );
      assertEquals([status, stdout], [0, ""]);
      const [, name = ""] = /is "(dev\d+)" now/.exec(stderr) ?? [];
      const { address, ifalias } = await linkIn(host, name);
      assertEquals([address, ifalias], [MAC, "d0"]);
      // Once it is free again, another DEL gives it its name back.
      await host.ip("link del d0");
      await mustCall(host, "host-device", del);
      assertEquals(await deviceIn(host), HOME);
    });
  },
);

kernelTest(
  "host-device: DEL finds what has come back by itself",
  async (host, t) => {
    const gone = "/run/netns/cnitest-no-such";
    const config = configFor(host, { device: "d0" });
    for (const name of ["eth0", "dev7"]) {
      for (const keys of [{ device: "d0" }, { device: "", hwaddr: MAC }]) {
        await t.step(`as ${name}, ${JSON.stringify(keys)}`, async () => {
          await addDevice(host);
          const sandbox = await addSandbox(host);
          const own = { ...config, ...keys };
          await mustCall(host, "host-device", { config: own, sandbox });
          // As the kernel does with a physical device, and no other.
          await sandbox.must([
            ...[
              "sh",
              "-c",
              `exec nsenter --net=${sandbox.path} ip link set ` +
              `dev eth0 name ${name} netns ${host.path}`,
            ],
          ]);
          const del = { command: "DEL", config: own, netns: gone };
          const { containerId } = sandbox;
          await mustCall(host, "host-device", { ...del, containerId });
          assertEquals(await deviceIn(host), HOME);
          assertEquals((await stateBut(host) as Any).reservations, []);
          await host.ip("link del d0");
        });
      }
    }
  },
);

kernelTest("host-device: DEL lets others' links be", async (host, t) => {
  await addDevice(host);
  const config = configFor(host, { device: "d0" });
  await t.step("one in the container without a name of the host", async () => {
    const sandbox = await addSandbox(host);
    await sandbox.ip("link add eth0 type veth peer name x0");
    await sandbox.ip("link set eth0 alias cni/net/ct/eth0");
    const before = await netnsStateOf(sandbox);
    await mustCall(host, "host-device", { command: "DEL", config, sandbox });
    assertEquals(await netnsStateOf(sandbox), before);
  });
  await t.step("one in the host that somebody has named", async () => {
    const hwaddr = "02:00:00:00:00:77";
    await host.ip(`link add up7 address ${hwaddr} type veth peer name up8`);
    await host.ip("link set up7 alias uplink");
    const before = await stateBut(host);
    const other = { ...config, device: "", hwaddr };
    const sandbox = await addSandbox(host);
    await mustCall(host, "host-device", {
      command: "DEL",
      config: other,
      sandbox,
    });
    assertEquals(await stateBut(host), before);
  });
});

kernelTest(
  "host-device: DEL needs little, and may come late",
  async (host, t) => {
    await addDevice(host);
    const config = configFor(host, { device: "d0" });
    const ways: Record<string, (call: PluginCall) => PluginCall> = {
      "without a key that names the device": (call) => {
        const { device: _device, ...bare } = config;
        return { ...call, config: bare };
      },
      "with keys gone bad": (call) => ({
        ...call,
        config: { ...config, device: 1, kernelpath: "/", dns: 1 },
      }),
      "with a prevResult gone bad": (call) => ({
        ...call,
        config: { ...config, prevResult: { ips: 1 } },
      }),
    };
    for (const [why, way] of Object.entries(ways)) {
      await t.step(why, async () => {
        const sandbox = await addSandbox(host);
        await mustCall(host, "host-device", { config, sandbox });
        const del = way({ command: "DEL", config, sandbox });
        await mustCall(host, "host-device", del);
        assertEquals(await deviceIn(host), HOME);
        assertEquals((await stateBut(host) as Any).reservations, []);
      });
    }
    const plain = `${host.scratchDir}/plain`;
    await Deno.writeTextFile(plain, "");
    for (const netns of ["", "/run/netns/cnitest-no-such", plain]) {
      const why = netns === plain ? "a plain file" : JSON.stringify(netns);
      await t.step(`namespace: ${why}`, async () => {
        await reserve(host, config);
        const del = { command: "DEL", config, netns };
        await mustCall(host, "host-device", del);
        assertEquals((await stateBut(host) as Any).reservations, []);
      });
    }
  },
);

/** Has host-local give out addresses as an ADD does. */
async function reserve(host: Host, config: object): Promise<void> {
  await mustCall(host, "host-local", { config, netns: "/run/netns/none" });
  assertEquals((await stateBut(host) as Any).reservations.length, 2);
}

kernelTest(
  "host-device: ADD that fails at any step puts the device back",
  async (host) => {
    await addDevice(host);
    await host.ip("link add br0 type bridge");
    await dress(host);
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    const config = configFor(host, { device: "d0" });
    const before = await stateBut(host);
    const attempt = async (step: number) => {
      const sandbox = await addSandbox(host);
      faults.arm(step);
      const call = { config, sandbox, env };
      const { status, stdout } = await callPlugin(host, "host-device", call);
      const count = faults.count();
      if (status === 0) {
        await mustCall(host, "host-device", {
          command: "DEL",
          config,
          sandbox,
        });
        await dress(host);
        return count;
      }
      assertEquals(typeof JSON.parse(stdout).code, "number", stdout);
      assertEquals(await stateBut(host), before, faults.failed());
      const { ifalias } = await linkIn(host, "d0");
      assertEquals(ifalias, "to the switch", faults.failed());
      assertEquals(await linkNamesIn(sandbox), ["lo"], faults.failed());
      return count;
    };
    const count = await attempt(0);
    assert(count > 8, `${count} steps`);
    for (let step = 1; step <= count; step++) await attempt(step);
  },
  { needs: ["flock"] },
);

/** Gives the device what a failed ADD must give back. */
async function dress(host: Host): Promise<void> {
  await host.ip("link set d0 up master br0");
  await host.ip("addr add 192.0.2.7/24 dev d0");
  await host.must(["ip", "link", "set", "d0", "alias", "to the switch"]);
}

kernelTest(
  "host-device: an IPAM plugin that fails leaves the device alone",
  async (host) => {
    await addDevice(host);
    await host.ip("addr add 192.0.2.7/24 dev d0");
    await host.ip("link set d0 up");
    const before = await stateBut(host);
    const sandbox = await addSandbox(host);
    const path = await fakePlugin(
      host,
      "broken",
      `echo '{"code":11,"msg":"later"}'; exit 1`,
    );
    const config = configFor(host, { device: "d0", ipam: { type: "broken" } });
    await mustFail(host, "host-device", { code: 11, config, sandbox, path });
    assertEquals(await stateBut(host), before);
    await fakePlugin(host, "empty", `echo '{"cniVersion":"1.0.0"}'`);
    const empty = configFor(host, { device: "d0", ipam: { type: "empty" } });
    const call = { code: 999, config: empty, sandbox, path };
    await mustFail(host, "host-device", call);
    assertEquals(await stateBut(host), before);
  },
);

kernelTest(
  "host-device: bad input is refused and changes nothing",
  async (host, t) => {
    await addDevice(host);
    const sandbox = await addSandbox(host);
    await sandbox.ip("link add eth7 type veth peer name x0");
    const before = [await stateBut(host), await netnsStateOf(sandbox)];
    const config = configFor(host, { device: "d0" });
    const with_ = (keys: object) => ({ ...config, device: null, ...keys });
    const cases: Record<string, Any> = {
      "no device": { code: 7, config: with_({}) },
      "device of another type": { code: 7, config: with_({ device: 1 }) },
      "device that is no name": { code: 7, config: with_({ device: "a b" }) },
      "device that is not there": {
        code: 999,
        config: with_({ device: "d9" }),
      },
      "bad hwaddr": { code: 7, config: with_({ hwaddr: "x" }) },
      "hwaddr of nobody": {
        code: 999,
        config: with_({ hwaddr: "02:00:00:00:00:99" }),
      },
      "keys that do not agree": {
        code: 999,
        config: { ...config, hwaddr: "02:00:00:00:00:99" },
      },
      "bad path": { code: 7, config: with_({ kernelpath: "/etc" }) },
      "a path of nobody": {
        code: 999,
        config: with_({ kernelpath: "/sys/devices/none" }),
      },
      "bad bus id": { code: 7, config: with_({ pciBusID: "x" }) },
      "a bus id of nobody": {
        code: 999,
        config: with_({ pciBusID: "ffff:00:00.0" }),
      },
      "a device id of nobody": {
        code: 999,
        config: with_({ runtimeConfig: { deviceID: "none.4" } }),
      },
      "bad dns": { code: 7, config: { ...config, dns: { search: "a" } } },
      "a device that cannot be moved": {
        code: 999,
        config: with_({ device: "lo" }),
      },
      "a name that is taken": { code: 999, config, ifname: "eth7" },
      "no namespace": { code: 8, config, netns: "/run/netns/cnitest-none" },
      "a plain file": { code: 8, config, netns: "/etc/hostname" },
      "its own namespace": { code: 8, config, netns: host.path },
    };
    for (const [why, bad] of Object.entries(cases)) {
      await t.step(why, async () => {
        await mustFail(host, "host-device", { sandbox, ...bad });
        const after = [await stateBut(host), await netnsStateOf(sandbox)];
        assertEquals(after, before);
      });
    }
  },
);

kernelTest("host-device: CHECK notices what has changed", async (host, t) => {
  const config = configFor(host, { device: "d0" });
  const faults: Record<string, string> = {
    "the device is gone": "link del eth0",
    "its hardware address": "link set eth0 address 02:00:00:00:00:77",
    "an address is gone": "addr del 10.213.0.2/24 dev eth0",
    "a route is gone": "route del default",
    "the name that it had": "link set eth0 alias cni/x",
  };
  for (const [why, words] of Object.entries(faults)) {
    await t.step(why, async () => {
      await addDevice(host);
      const sandbox = await addSandbox(host);
      const call = { config, sandbox };
      const prevResult = await mustCall(host, "host-device", call);
      const full = { ...config, prevResult };
      const check = { ...call, command: "CHECK", config: full };
      await mustCall(host, "host-device", check);
      await sandbox.ip(words);
      await mustFail(host, "host-device", { ...check, code: 999 });
      await mustCall(host, "host-device", { ...call, command: "DEL" });
      await host.ip("link del far0").catch(() => {});
      await Deno.remove(host.dataDir, { recursive: true });
    });
  }
  await t.step("there is no prevResult", async () => {
    const sandbox = await addSandbox(host);
    const check = { command: "CHECK", config, sandbox, code: 7 };
    await mustFail(host, "host-device", check);
  });
});

kernelTest("host-device: STATUS and GC", async (host) => {
  const config = {
    ...configFor(host, { device: "none" }),
    cniVersion: "1.1.0",
  };
  const call = { command: "STATUS", config };
  await mustCall(host, "host-device", call);
  const capabilities = { deviceID: true };
  const named = { ...config, device: null, capabilities };
  await mustCall(host, "host-device", { ...call, config: named });
  for (const bad of [{ device: null }, { device: 1 }, { dns: 1 }]) {
    const wrong = { ...config, ...bad };
    await mustFail(host, "host-device", { ...call, config: wrong, code: 7 });
  }
  await reserve(host, configFor(host, { device: "d0" }));
  const gc = { ...config, "cni.dev/valid-attachments": [] };
  await mustCall(host, "host-device", { command: "GC", config: gc });
  assertEquals((await stateBut(host) as Any).reservations, []);
});

/** Runs a plugin with a /sys that shows this host, or one that is made up. */
function inSysfs(lines: string): readonly string[] {
  const script = `mount -t sysfs sysfs /sys && ${lines}exec "$@"`;
  return ["unshare", "-m", "sh", "-c", script, "sh"];
}

kernelTest("host-device: finds a device by what /sys says", async (host, t) => {
  await addDevice(host);
  const id = "0000:00:1f.6";
  const fake = (bus: string, device: string, below: string) =>
    inSysfs(
      `mount -t tmpfs none /sys/bus && cd /sys/bus && ` +
        `mkdir -p ${bus}/devices/${device}/${below} && cd / && `,
    );
  const pciBusID = id.toUpperCase();
  const cases: Record<string, readonly [Any, readonly string[]]> = {
    "a path": [{ kernelpath: "/sys/devices/virtual/" }, inSysfs("")],
    "a PCI address": [{ pciBusID }, fake("pci", id, "net/d0")],
    "one with virtio": [{ pciBusID }, fake("pci", id, "virtio3/net/d0")],
    "the runtime's PCI address": [
      { runtimeConfig: { deviceID: id } },
      fake("pci", id, "net/d0"),
    ],
    "an auxiliary device": [
      { runtimeConfig: { deviceID: "mlx5_core.sf.4" } },
      fake("auxiliary", "mlx5_core.sf.4", "net/d0"),
    ],
  };
  for (const [why, [keys, wrapper]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const sandbox = await addSandbox(host);
      // A path has the names of all links of its kind: this one alone is meant.
      const hwaddr = keys.kernelpath && MAC;
      const config = configFor(host, { ...keys, hwaddr });
      const call = { config, sandbox, wrapper };
      const result = await mustCall(host, "host-device", call);
      assertEquals(result.interfaces[0].mac, MAC);
      const full = { ...config, prevResult: result };
      const check = { ...call, command: "CHECK", config: full };
      await mustCall(host, "host-device", check);
      await mustCall(host, "host-device", { ...call, command: "DEL" });
      assertEquals(await deviceIn(host), HOME);
    });
  }
}, { needs: ["unshare", "mount"] });

kernelTest(
  "host-device: a device that a program drives is not moved",
  async (host) => {
    const id = "0000:00:1f.6";
    const wrapper = inSysfs(
      `mount -t tmpfs none /sys/bus && mkdir -p /sys/bus/pci/devices/${id} ` +
        `/sys/bus/pci/drivers/vfio-pci && ln -s ../../drivers/vfio-pci ` +
        `/sys/bus/pci/devices/${id}/driver && `,
    );
    const sandbox = await addSandbox(host);
    const config = configFor(host, { runtimeConfig: { deviceID: id } });
    const call = { config, sandbox, wrapper };
    const result = await mustCall(host, "host-device", call);
    assertEquals(result.interfaces, [{ name: "eth0", sandbox: sandbox.path }]);
    assertEquals(result.ips.length, 2);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
    const full = { ...config, prevResult: result };
    const check = { ...call, command: "CHECK", config: full };
    await mustCall(host, "host-device", check);
    // A DEL works without the device, too.
    await mustCall(host, "host-device", { command: "DEL", config, sandbox });
    assertEquals((await stateBut(host) as Any).reservations, []);
  },
  { needs: ["unshare", "mount"] },
);

kernelTest(
  "host-device: the reference and ours undo each other",
  async (host, t) => {
    const config = configFor(host, { device: "d0" });
    const states: Any[] = [];
    for (
      const [adder, remover] of [[BIN, REFERENCE_BIN], [REFERENCE_BIN, BIN]]
    ) {
      await t.step(`${adder === BIN ? "ours" : "theirs"} adds`, async () => {
        await addDevice(host);
        const before = await stateBut(host);
        const sandbox = await addSandbox(host);
        const add = { config, sandbox, bin: adder! };
        const result = await mustCall(host, "host-device", add);
        const { links, routes } = await netnsStateOf(sandbox);
        const { ifalias } = await linkIn(sandbox, "eth0");
        states.push({
          result: normal(result, sandbox),
          links,
          routes: routes.map((route) => route.replace(/ scope 0/, "")),
          ifalias,
        });
        const del = { command: "DEL", config, sandbox, bin: remover! };
        await mustCall(host, "host-device", del);
        // Debian's leaves its note.
        const note = remover === BIN ? "" : "d0";
        assertEquals(await deviceIn(host), { ...HOME, ifalias: note });
        assertEquals(await stateBut(host), before);
        await host.ip("link del d0");
        await Deno.remove(host.dataDir, { recursive: true });
      });
    }
    assertEquals(states[0], states[1]);
  },
  { needs: [`${REFERENCE_BIN}/host-device`] },
);

/** A result without what differs from container to container. */
function normal(result: Any, sandbox: Sandbox): Any {
  const text = JSON.stringify(result).replaceAll(sandbox.path, "NETNS");
  // Newer references leave an empty one out.
  return { dns: {}, ...JSON.parse(text) };
}

kernelTest(
  "host-device: an IPAM plugin that is not ours finds the interface, up",
  async (host) => {
    await addDevice(host);
    const sandbox = await addSandbox(host);
    const configWith = (ipam: object) =>
      configFor(host, { device: "d0", ipam });
    await seesInterface(host, sandbox, configWith);
    // In the host again, whatever the IPAM plugin has answered.
    assertEquals((await linkIn(host, "d0")).address, MAC);
  },
);
