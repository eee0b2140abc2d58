import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  addressesIn,
  type Any,
  attachmentsOf,
  canPing,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  must,
  mustCall,
  mustFail,
  mustPing,
  type Netns,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import {
  addQuietSandbox,
  attach,
  interfaceTests,
} from "./_interface_plugin.ts";
import { addWire, MACVLAN, macvlanConfig, MASTER } from "./_macvlan.ts";

const PING = { needs: ["ping"] };

interfaceTests(MACVLAN);

/** Whether two containers of a mode reach each other without a switch's help. */
const MODES = { "": true, bridge: true, private: false, vepa: false };

for (const [mode, isDirect] of Object.entries(MODES)) {
  kernelTest(
    `macvlan: mode "${mode}" ${
      isDirect ? "joins" : "parts"
    } containers, and both reach the router`,
    async (host) => {
      const before = await attachmentsOf(host);
      await addWire(host);
      const withWire = await attachmentsOf(host);
      const [one, two] = [
        await attach(MACVLAN, host, { mode }),
        await attach(MACVLAN, host, { mode }),
      ];
      assertEquals(modeOf(await linkIn(one.sandbox, "eth0")), mode || "bridge");
      for (const [index, { gateway }] of one.result.ips.entries()) {
        await mustPing(one.sandbox, gateway);
        await mustPing(two.sandbox, gateway);
        const target = addressesIn(two.result)[index]!;
        if (isDirect) await mustPing(one.sandbox, target);
        else assertFalse(await canPing(one.sandbox, target));
      }
      await mustPing(one.sandbox, "192.0.2.2");
      for (const { sandbox, config } of [one, two]) {
        await mustCall(host, "macvlan", { command: "DEL", config, sandbox });
      }
      assertEquals(await attachmentsOf(host), withWire);
      await host.ip(`link del ${MASTER}`);
      assertEquals(await attachmentsOf(host), before);
    },
    PING,
  );
}

kernelTest(
  "macvlan: passthru takes the master, with its address or one of its own",
  async (host, t) => {
    await addWire(host);
    const before = await stateOf(host);
    const { address } = await linkIn(host, MASTER);
    const ipam = hostLocal(host, [SUBNET4]);
    const sandbox = await host.addSandbox();
    const cases = { "the master's": undefined, "its own": "02:00:00:00:00:42" };
    for (const [why, mac] of Object.entries(cases)) {
      await t.step(why, async () => {
        const config = macvlanConfig(host, { mode: "passthru", mac, ipam });
        const result = await mustCall(host, "macvlan", { config, sandbox });
        const expected = mac ?? address;
        assertEquals(result.interfaces[0].mac, expected);
        assertEquals((await linkIn(sandbox, "eth0")).address, expected);
        await mustPing(sandbox, result.ips[0].gateway);
        const check = { ...config, prevResult: result };
        const call = { command: "CHECK", config: check, sandbox };
        await mustCall(host, "macvlan", call);
        // There is no room for another.
        const other = await host.addSandbox();
        const second = { code: 999, config, sandbox: other };
        await mustFail(host, "macvlan", second);
        assertEquals(await linkNamesIn(other), ["lo"]);
        await mustCall(host, "macvlan", { command: "DEL", config, sandbox });
        const { files: _, ...state } = await stateOf(host);
        assertEquals({ ...state, files: before.files }, before);
      });
    }
  },
  PING,
);

kernelTest(
  "macvlan: the master is that of the default route, if none is named",
  async (host, t) => {
    await addWire(host);
    const config = macvlanConfig(host, { master: undefined, ipam: null });
    const sandbox = await host.addSandbox();
    const call = { config, sandbox };
    const masterOf = async () => {
      await mustCall(host, "macvlan", call);
      const { link_index } = await linkIn(sandbox, "eth0");
      await mustCall(host, "macvlan", { ...call, command: "DEL" });
      return nameOf(host, link_index);
    };
    await t.step("none", async () => {
      await mustFail(host, "macvlan", { code: 7, ...call });
    });
    await t.step("of IPv6", async () => {
      await host.ip(`-6 route add default dev ${MASTER}`);
      assertEquals(await masterOf(), MASTER);
    });
    await t.step("of IPv4 before that", async () => {
      await host.ip("link add in0 type veth peer name in1");
      await host.ip("link set in0 up");
      await host.ip("route add default dev in0");
      assertEquals(await masterOf(), "in0");
    });
    await t.step("of several next hops the first", async () => {
      await host.ip("route del default");
      await host.ip(
        `route add default nexthop dev ${MASTER} nexthop dev in0`,
      );
      assertEquals(await masterOf(), MASTER);
    });
  },
);

kernelTest(
  "macvlan: the master may be in the container",
  async (host, t) => {
    const sandbox = await addQuietSandbox(host);
    await sandbox.ip("link add up0 mtu 1400 type veth peer name out0");
    await sandbox.ip("link set up0 up");
    await sandbox.ip("link set out0 up");
    const keys = { linkInContainer: true, cniVersion: "1.1.0" };
    const config = macvlanConfig(host, keys);
    const before = await attachmentsOf(host);
    const names = await linkNamesIn(sandbox);
    await t.step("a whole life", async () => {
      const prevResult = await mustCall(host, "macvlan", { config, sandbox });
      const link = await linkIn(sandbox, "eth0");
      assertEquals([link.link, link.mtu], ["up0", 1400]);
      const check = { ...config, prevResult };
      const call = { command: "CHECK", config: check, sandbox };
      await mustCall(host, "macvlan", call);
      await mustCall(host, "macvlan", { command: "STATUS", config });
      await mustCall(host, "macvlan", { command: "DEL", config, sandbox });
      assertEquals(await linkNamesIn(sandbox), names);
    });
    await t.step("the default route's there", async () => {
      await sandbox.ip("route add default dev up0");
      const { master: _, ...rest } = config;
      const call = { config: rest, sandbox };
      await mustCall(host, "macvlan", call);
      assertEquals((await linkIn(sandbox, "eth0")).link, "up0");
      await mustCall(host, "macvlan", { ...call, command: "DEL" });
    });
    await t.step("it is not there", async () => {
      const call = { code: 7, config: { ...config, master: "up9" }, sandbox };
      await mustFail(host, "macvlan", call);
    });
    await t.step("what fails leaves nothing", async () => {
      const routes = [{ dst: "10.1.0.0/16", gw: "172.31.0.1" }];
      const ipam = hostLocal(host, [SUBNET4], { routes });
      const call = { code: 999, config: { ...config, ipam }, sandbox };
      await mustFail(host, "macvlan", call);
      assertEquals(await linkNamesIn(sandbox), names);
    });
    assertEquals(await attachmentsOf(host), before);
  },
);

kernelTest("macvlan: keys reach the kernel", async (host) => {
  await addWire(host);
  const one = await attach(MACVLAN, host, {
    mtu: 1400,
    mac: "02:00:00:00:00:01",
    bcqueuelen: 2000,
    ipam: null,
    dns: { nameservers: ["192.0.2.53"] },
  });
  const link = await linkIn(one.sandbox, "eth0");
  assertEquals([link.mtu, link.address], [1400, "02:00:00:00:00:01"]);
  assertEquals(link.linkinfo.info_data.bcqueuelen, 2000);
  assert(link.flags.includes("UP"));
  assertEquals(one.result, {
    cniVersion: "1.0.0",
    interfaces: [{
      name: "eth0",
      mac: "02:00:00:00:00:01",
      sandbox: one.sandbox.path,
    }],
    dns: { nameservers: ["192.0.2.53"] },
  });
  const args = "IgnoreUnknown=1;MAC=02:00:00:00:00:02";
  const sandbox = await host.addSandbox();
  const config = { ...one.config, ipam: undefined };
  const { interfaces } = await mustCall(host, "macvlan", {
    config,
    sandbox,
    args,
  });
  assertEquals(interfaces[0].mac, "02:00:00:00:00:02");
});

kernelTest(
  "macvlan: an interface may be called as a link of the host is",
  async (host) => {
    await addWire(host);
    const sandbox = await host.addSandbox();
    const config = macvlanConfig(host, { ipam: null });
    await mustCall(host, "macvlan", { config, sandbox, ifname: MASTER });
    assertEquals(await linkNamesIn(sandbox), ["lo", MASTER]);
  },
);

kernelTest("macvlan: a master that will not do is refused", async (host, t) => {
  await addWire(host);
  const sandbox = await host.addSandbox();
  const before = await stateOf(host);
  const cases: Record<string, readonly [object, readonly string[]]> = {
    "none of that name": [{ master: "up9" }, ["master", "up9"]],
    "a loopback link": [{ master: "lo" }, ["master", "loopback"]],
    "a smaller MTU": [{ mtu: 1451 }, ["mtu", "1451", "1450"]],
  };
  for (const [why, [keys, names]] of Object.entries(cases)) {
    await t.step(why, async () => {
      const config = {
        ...macvlanConfig(host, { cniVersion: "1.1.0" }),
        ...keys,
      };
      const call = { code: 7, config, sandbox };
      const error = await mustFail(host, "macvlan", call);
      for (const name of names) assert(error.details.includes(name), name);
      const status = { ...call, command: "STATUS", code: 50 };
      await mustFail(host, "macvlan", status);
    });
  }
  assertEquals(await linkNamesIn(sandbox), ["lo"]);
  assertEquals(await stateOf(host), before);
  await t.step("DEL does not need it", async () => {
    const attached = await attach(MACVLAN, host);
    const config = { ...attached.config, master: "up9" };
    const call = { config, sandbox: attached.sandbox };
    await mustCall(host, "macvlan", { ...call, command: "DEL" });
    assertEquals(await linkNamesIn(attached.sandbox), ["lo"]);
  });
});

kernelTest(
  "macvlan: GC has the IPAM plugin release what is not valid",
  async (host) => {
    await addWire(host);
    const keys = { cniVersion: "1.1.0" };
    const kept = await attach(MACVLAN, host, keys);
    const before = await attachmentsOf(host);
    const gone = await attach(MACVLAN, host, keys);
    await must(["ip", "netns", "del", gone.sandbox.path.split("/").at(-1)!]);
    const valid = [{ containerID: kept.sandbox.containerId, ifname: "eth0" }];
    const config = { ...kept.config, "cni.dev/valid-attachments": valid };
    await mustCall(host, "macvlan", { command: "GC", config });
    assertEquals((await attachmentsOf(host)).files, before.files);
    await mustPing(kept.sandbox, kept.result.ips[0].gateway);
  },
  PING,
);

kernelTest(
  "macvlan: ADD waits until IPv6 addresses are known to be unique",
  async (host, t) => {
    const wire = await addWire(host);
    const ipam = hostLocal(host, [SUBNET6]);
    const config = macvlanConfig(host, { ipam });
    const sandbox = await host.addSandbox();
    await t.step("and they can be used", async () => {
      const { ips } = await mustCall(host, "macvlan", { config, sandbox });
      const { addr_info } = await linkIn(sandbox, "eth0");
      // The kernel's own, of the link, is not waited for.
      const given = addr_info.filter(({ scope }: Any) => scope === "global");
      assertEquals(given.length, 1);
      assertFalse(given.some(({ tentative }: Any) => tentative));
      await sandbox.must(["ping", "-c", "1", "-W", "2", ips[0].gateway]);
      await mustCall(host, "macvlan", { command: "DEL", config, sandbox });
    });
    await t.step("or refuses one that is not", async () => {
      const ours = { ...ipam, ranges: [[{ subnet: SUBNET6, ...NINE }]] };
      await wire.ip(`addr add fd00:213::9/64 dev ${wire.link} nodad`);
      const before = await attachmentsOf(host);
      const call = { config: { ...config, ipam: ours }, sandbox, code: 999 };
      const { msg } = await mustFail(host, "macvlan", call);
      assert(msg.includes("fd00:213::9"), msg);
      assertEquals(await attachmentsOf(host), before);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    });
  },
  PING,
);

const NINE = { rangeStart: "fd00:213::9", rangeEnd: "fd00:213::9" };

kernelTest(
  "macvlan: neighbours are told of new addresses",
  async (host) => {
    const wire = await addWire(host);
    const { sandbox, result } = await attach(MACVLAN, host);
    const [address] = addressesIn(result);
    await mustPing(sandbox, result.ips[0].gateway);
    const [neighbour] = JSON.parse(
      await wire.ip(`-j neigh show ${address} dev ${wire.link}`),
    );
    assertEquals(neighbour.lladdr, result.interfaces[0].mac);
    const read = (key: string) =>
      sandbox.must(["cat", `/proc/sys/net/${key}`]).then((text) => text.trim());
    assertEquals(await read("ipv4/conf/eth0/arp_notify"), "1");
    assertEquals(await read("ipv6/conf/eth0/ndisc_notify"), "1");
  },
  PING,
);

function modeOf(link: Any): string {
  return link.linkinfo.info_data.mode;
}

async function nameOf(netns: Netns, index: number): Promise<string> {
  const links: readonly Any[] = JSON.parse(await netns.ip("-j link show"));
  return links.find(({ ifindex }) => ifindex === index)?.ifname;
}
