/**
 * DEL where the container's namespace cannot be entered by its path, or the
 * interface is not where it was: that the path is gone does not mean that the
 * interface is.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { firstNameOf } from "../../plugins/main/macvlan/first_name.ts";
import { requestWith } from "../../plugins/shared/testing/mod.ts";
import {
  attachmentsOf,
  BIN,
  bridgeConfig,
  callPlugin,
  type Host,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustFail,
  type Netns,
  REFERENCE_BIN,
  type Sandbox,
  stateOf,
} from "./_harness.ts";
import { addWire, macvlanConfig } from "./_macvlan.ts";
import { ptpConfig } from "./_ptp.ts";

const REFERENCE = {
  needs: [
    ...["bridge", "ptp", "host-local"].map((name) =>
      `${REFERENCE_BIN}/${name}`
    ),
    ...["iptables", "ip6tables", "nft", "mount", "umount"],
  ],
};

/** Plugins with something in the host. */
const CONFIGS: Record<string, (host: Host) => Record<string, unknown>> = {
  bridge: (host) => bridgeConfig(host, { isGateway: true }),
  ptp: ptpConfig,
};

/** Gives a namespace a further path. */
async function alias(host: Host, sandbox: Sandbox, name: string) {
  const path = `${host.scratchDir}/${name}`;
  await Deno.writeTextFile(path, "");
  await host.must(["mount", "--bind", sandbox.path, path]);
  host.defer(() => host.run(["umount", path]));
  return path;
}

/** The names of links, in order. */
async function namesIn(netns: Netns): Promise<readonly string[]> {
  return (await linkNamesIn(netns)).toSorted();
}

const ODD_NAMES = ["a b", "a#b", "a$b'c", "a&b;{}"];

for (const [plugin, configFor] of Object.entries(CONFIGS)) {
  kernelTest(
    `${plugin}: DEL takes a namespace's path of any characters`,
    async (host, t) => {
      for (const name of ODD_NAMES) {
        await t.step(name, async () => {
          const before = await attachmentsOf(host);
          const sandbox = await host.addSandbox();
          const netns = await alias(host, sandbox, name);
          const config = configFor(host);
          const call = { config, sandbox, netns };
          const added = { ...call, bin: REFERENCE_BIN };
          const prevResult = await mustCall(host, plugin, added);
          await mustCall(host, plugin, {
            ...call,
            command: "DEL",
            config: { ...config, prevResult },
          });
          assertEquals(await namesIn(sandbox), ["lo"]);
          assertEquals(await attachmentsOf(host), before);
        });
      }
    },
    REFERENCE,
  );

  kernelTest(
    `${plugin}: ADD refuses a path that cannot be passed on, changing nothing`,
    async (host, t) => {
      for (const name of ODD_NAMES) {
        await t.step(name, async () => {
          const sandbox = await host.addSandbox();
          const netns = await alias(host, sandbox, name);
          const before = await stateOf(host);
          const config = configFor(host);
          await mustFail(host, plugin, { config, sandbox, netns, code: 8 });
          assertEquals(await stateOf(host), before);
          assertEquals(await namesIn(sandbox), ["lo"]);
        });
      }
    },
    REFERENCE,
  );

  kernelTest(
    `${plugin}: lives with a path that a shell would read otherwise`,
    async (host, t) => {
      for (const name of ["a(b)", "~[c]!", "a(b"]) {
        await t.step(name, async () => {
          const sandbox = await host.addSandbox();
          const netns = await alias(host, sandbox, name);
          const config = configFor(host);
          const call = { config, sandbox, netns };
          const before = await attachmentsOf(host);
          const prevResult = await mustCall(host, plugin, call);
          const full = { ...call, config: { ...config, prevResult } };
          await mustCall(host, plugin, { ...full, command: "CHECK" });
          await mustCall(host, plugin, { ...full, command: "DEL" });
          assertEquals(await namesIn(sandbox), ["lo"]);
          assertEquals(await attachmentsOf(host), before);
        });
      }
    },
    REFERENCE,
  );

  const ways: Record<string, string> = {
    "no path": "",
    "a path that is gone": "/run/netns/detach-no-such-namespace",
    "a plain file": "/etc/hostname",
  };
  const adders = { "ours": BIN, "the reference": REFERENCE_BIN };
  for (const [who, bin] of Object.entries(adders)) {
    kernelTest(
      `${plugin}: DEL without a way in detaches what ${who} attached`,
      async (host, t) => {
        for (const [why, netns] of Object.entries(ways)) {
          await t.step(why, async () => {
            const before = await attachmentsOf(host);
            const sandbox = await host.addSandbox();
            const config = configFor(host);
            const prevResult = await mustCall(host, plugin, {
              ...{ config, sandbox, bin },
            });
            const call = { sandbox, netns, command: "DEL" };
            const known = bin === BIN ? {} : { prevResult };
            const full = { ...call, config: { ...config, ...known } };
            await mustCall(host, plugin, full);
            assertEquals(await namesIn(sandbox), ["lo"]);
            assertEquals(await attachmentsOf(host), before);
            await mustCall(host, plugin, full);
          });
        }
      },
      REFERENCE,
    );
  }

  kernelTest(
    `${plugin}: DEL keeps the address of a pair that it cannot tell`,
    async (host) => {
      const sandbox = await host.addSandbox();
      const config = configFor(host);
      const prevResult = await mustCall(host, plugin, {
        ...{ config, sandbox, bin: REFERENCE_BIN },
      });
      const end = prevResult.interfaces.find((
        { name, sandbox }: { name: string; sandbox?: string },
      ) => !sandbox && name !== host.bridge).name;
      await host.ip(`link set dev ${end} address 02:00:00:00:00:99`);
      const before = await attachmentsOf(host);
      const full = { ...config, prevResult };
      const call = { sandbox, netns: "", command: "DEL", config: full };
      const error = await mustFail(host, plugin, { ...call, code: 11 });
      assert(error.details.includes("02:00:00:00:00:99"), error.details);
      assertEquals(await attachmentsOf(host), before);
    },
    REFERENCE,
  );

  kernelTest(
    `${plugin}: GC removes links of its own kind only`,
    async (host) => {
      await host.ip("link add gx type bridge");
      const alias = `cni/${host.network}/ct-other/eth0`;
      await host.ip(`link set gx alias ${alias}`);
      await host.ip("link add gy type veth peer name gz");
      await host.ip(`link set gy alias ${alias}`);
      const config = {
        ...configFor(host),
        cniVersion: "1.1.0",
        "cni.dev/valid-attachments": [],
      };
      await mustCall(host, plugin, { command: "GC", config });
      assertEquals(
        (await namesIn(host)).filter((name) => /^g/.test(name)),
        ["gx"],
      );
    },
  );
}

kernelTest(
  "bridge: an interface renamed inside goes with DEL",
  async (host) => {
    const sandbox = await host.addSandbox();
    const config = bridgeConfig(host);
    const before = await attachmentsOf(host);
    await mustCall(host, "bridge", { config, sandbox });
    await sandbox.ip("link set eth0 down");
    await sandbox.ip("link set eth0 name other0");
    await mustCall(host, "bridge", { config, sandbox, command: "DEL" });
    assertEquals(await namesIn(sandbox), ["lo"]);
    assertEquals(await attachmentsOf(host), before);
  },
);

kernelTest("macvlan: DEL finds what a killed ADD left", async (host) => {
  await addWire(host);
  const sandbox = await host.addSandbox();
  const { containerId } = sandbox;
  const request = requestWith({ name: host.network }, {
    containerId,
    ifname: "eth0",
  });
  const others = { ...request, ifname: "eth1" };
  for (const name of [firstNameOf(request), firstNameOf(others)]) {
    await host.ip(
      `link add link up0 name ${name} netns ${sandbox.path} type macvlan`,
    );
  }
  const config = macvlanConfig(host);
  await mustCall(host, "macvlan", { config, sandbox, command: "DEL" });
  assertEquals(await namesIn(sandbox), ["lo", firstNameOf(others)]);
});

kernelTest(
  "macvlan: an interface renamed inside goes with DEL",
  async (host) => {
    await addWire(host);
    const sandbox = await host.addSandbox();
    const config = macvlanConfig(host);
    const prevResult = await mustCall(host, "macvlan", { config, sandbox });
    const other = { config, sandbox, ifname: "eth1" };
    await mustCall(host, "macvlan", other);
    await sandbox.ip("link set eth0 name other0");
    const full = { config: { ...config, prevResult }, sandbox, command: "DEL" };
    await mustCall(host, "macvlan", full);
    assertEquals(await namesIn(sandbox), ["eth1", "lo"]);
    await mustCall(host, "macvlan", full);
    assertEquals(await namesIn(sandbox), ["eth1", "lo"]);
  },
);

async function addDevice(host: Host): Promise<void> {
  await host.ip("link add d0 type veth peer name far0");
}

const DEVICE_CASES: Record<string, (sandbox: Sandbox) => Promise<void>> = {
  "renamed": async (sandbox) => {
    await sandbox.ip("link set eth0 name other0");
  },
  "with its first name as a further one": async (sandbox) => {
    await sandbox.ip("link property add dev eth0 altname d0");
  },
  "renamed, with its first name as a further one": async (sandbox) => {
    await sandbox.ip("link set eth0 name other0");
    await sandbox.ip("link property add dev other0 altname d0");
  },
};

for (const [why, act] of Object.entries(DEVICE_CASES)) {
  kernelTest(`host-device: DEL gives a device back: ${why}`, async (host) => {
    await addDevice(host);
    const sandbox = await host.addSandbox();
    const { address } = await linkIn(host, "d0");
    for (const selector of [{ device: "d0" }, { hwaddr: address }]) {
      const config = {
        ...{ cniVersion: "1.0.0", name: host.network, type: "host-device" },
        ...selector,
      };
      await mustCall(host, "host-device", { config, sandbox });
      await act(sandbox);
      const del = { config, sandbox, command: "DEL" };
      await mustCall(host, "host-device", del);
      assertEquals(await namesIn(sandbox), ["lo"]);
      assertEquals(await namesIn(host), ["d0", "far0", "lo"]);
      await mustCall(host, "host-device", del);
    }
  });
}

kernelTest(
  "host-device: DEL leaves the device of another attachment",
  async (host) => {
    await addDevice(host);
    await host.ip("link add d1 type veth peer name far1");
    const sandbox = await host.addSandbox();
    const configFor = (device: string) => ({
      ...{
        cniVersion: "1.0.0",
        name: host.network,
        type: "host-device",
        device,
      },
    });
    await mustCall(host, "host-device", { config: configFor("d1"), sandbox });
    await sandbox.ip("link set eth0 name other0");
    const del = { sandbox, command: "DEL" };
    await mustCall(host, "host-device", { ...del, config: configFor("d0") });
    assertEquals(await namesIn(sandbox), ["lo", "other0"]);
  },
);

kernelTest(
  "host-device: a move that fails half way is taken back",
  async (host) => {
    await addDevice(host);
    const sandbox = await host.addSandbox();
    // A further name is not seen where names are looked for, but in the way.
    await sandbox.ip("link add x0 type veth peer name x1");
    await sandbox.ip("link property add dev x0 altname eth0");
    const config = {
      ...{ cniVersion: "1.0.0", name: host.network, type: "host-device" },
      device: "d0",
    };
    await mustFail(host, "host-device", { config, sandbox, code: 999 });
    assertEquals(await namesIn(host), ["d0", "far0", "lo"]);
    assertEquals(await namesIn(sandbox), ["lo", "x0", "x1"]);
    assertEquals((await linkIn(host, "d0")).ifalias ?? "", "");
  },
);

kernelTest(
  "CNI_IFNAME: names that the kernel keeps are refused",
  async (host) => {
    await addDevice(host);
    await addWire(host);
    const sandbox = await host.addSandbox();
    const named = { cniVersion: "1.0.0", name: host.network };
    const configs: Record<string, object> = {
      "host-device": { ...named, type: "host-device", device: "d0" },
      macvlan: macvlanConfig(host),
      bridge: bridgeConfig(host),
      ptp: ptpConfig(host),
    };
    for (const [plugin, config] of Object.entries(configs)) {
      for (const ifname of ["all", "default"]) {
        await mustFail(host, plugin, { config, sandbox, ifname, code: 4 });
      }
    }
    assertEquals(await namesIn(sandbox), ["lo"]);
    assert((await namesIn(host)).includes("d0"));
  },
);

kernelTest(
  "bandwidth: DEL without a way in removes the limits",
  async (host) => {
    const config = bridgeConfig(host);
    for (const netns of ["", "/run/netns/detach-no-such-namespace"]) {
      const sandbox = await host.addSandbox();
      const prevResult = await mustCall(host, "bridge", { config, sandbox });
      const limits = {
        ...{ cniVersion: "1.0.0", name: host.network, type: "bandwidth" },
        ...{ ingressRate: 8_000_000, ingressBurst: 80_000, prevResult },
      };
      await mustCall(host, "bandwidth", { config: limits, sandbox });
      const end = prevResult.interfaces[1].name;
      const qdiscs = () => host.must(["tc", "qdisc", "show", "dev", end]);
      assert((await qdiscs()).includes("tbf"));
      const del = { sandbox, netns, command: "DEL" };
      await mustCall(host, "bandwidth", { ...del, config: limits });
      assert(!(await qdiscs()).includes("tbf"));
      await mustCall(host, "bridge", { ...del, config });
      assertEquals(await namesIn(sandbox), ["lo"]);
      const again = await callPlugin(host, "bandwidth", {
        ...{ ...del, config: limits },
      });
      assertEquals(again.status, 0, again.stdout);
    }
  },
);
