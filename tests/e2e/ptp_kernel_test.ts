import { assert, assertEquals, assertFalse } from "@std/assert";
import {
  addOutside,
  addressesIn,
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
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { attach, faultTests, interfaceTests } from "./_interface_plugin.ts";
import { hostEndOf, ptpConfig, ptpWith } from "./_ptp.ts";

const IPTABLES = ptpWith("iptables");
const NFTABLES = ptpWith("nftables");
const PING = { needs: ["ping", "iptables", "ip6tables", "nft"] };

interfaceTests(IPTABLES);
faultTests(NFTABLES);

for (const plugin of [IPTABLES, NFTABLES]) {
  kernelTest(
    `ptp: containers reach host, each other and, masqueraded, what is beyond: ${plugin.variant}`,
    async (host) => {
      const before = await attachmentsOf(host);
      const outside = await addOutside(host);
      const withOutside = await attachmentsOf(host);
      const [one, two] = [
        await attach(plugin, host, { mtu: 1400 }),
        await attach(plugin, host),
      ];
      const plain = await attach(plugin, host, { ipMasq: false });
      for (const [index, { gateway }] of one.result.ips.entries()) {
        // At once: the first packet must find all in place.
        const words = ["ping", "-c", "1", "-W", "2", gateway];
        await one.sandbox.must(words);
        await mustPing(one.sandbox, addressesIn(two.result)[index]!);
        await mustPing(host, addressesIn(one.result)[index]!);
      }
      await mustPing(one.sandbox, outside.ipv4);
      await mustPing(one.sandbox, outside.ipv6);
      // No way back to the container's own address: the source was the host's.
      assertFalse(await canPing(plain.sandbox, outside.ipv4));
      assertEquals((await linkIn(one.sandbox, "eth0")).mtu, 1400);
      assertEquals((await linkIn(host, hostEndOf(one))).mtu, 1400);
      for (const { sandbox, config } of [one, two, plain]) {
        await mustCall(host, "ptp", { command: "DEL", config, sandbox });
      }
      assertEquals(await attachmentsOf(host), withOutside);
      await host.ip("link del up0");
      assertEquals(await attachmentsOf(host), before);
    },
    PING,
  );

  kernelTest(
    `ptp: GC removes what is not valid any more, and only that: ${plugin.variant}`,
    async (host) => {
      const outside = await addOutside(host);
      const keys = { cniVersion: "1.1.0" };
      const kept = await attach(plugin, host, keys);
      const other = await attach(plugin, host, {
        ...keys,
        name: `${host.network}-other`,
        ipam: hostLocal(host, ["10.214.0.0/24", "fd00:214::/64"], {
          routes: [{ dst: "0.0.0.0/0" }],
        }),
      });
      const before = await attachmentsOf(host);
      const stale = await attach(plugin, host, keys);
      const gone = await attach(plugin, host, keys);
      await must(["ip", "netns", "del", gone.sandbox.path.split("/").at(-1)!]);
      const valid = [{ containerID: kept.sandbox.containerId, ifname: "eth0" }];
      const config = { ...kept.config, "cni.dev/valid-attachments": valid };
      await mustCall(host, "ptp", { command: "GC", config });
      assertEquals(await attachmentsOf(host), before);
      assertEquals(await linkNamesIn(stale.sandbox), ["lo"]);
      for (const { sandbox } of [kept, other]) {
        await mustPing(sandbox, outside.ipv4);
      }
    },
    PING,
  );
}

kernelTest(
  "ptp: two interfaces of a container leave each other alone",
  async (host) => {
    const before = await attachmentsOf(host);
    const { sandbox, config, result } = await attach(IPTABLES, host);
    const outside = await addOutside(host);
    const second = { config, sandbox, ifname: "eth1" };
    const prevResult = await mustCall(host, "ptp", second);
    for (const [ifname, one] of [["eth0", result], ["eth1", prevResult]]) {
      const check = { config: { ...config, prevResult: one }, sandbox, ifname };
      await mustCall(host, "ptp", { ...check, command: "CHECK" });
      for (const address of addressesIn(one)) await mustPing(host, address);
    }
    await mustCall(host, "ptp", { command: "DEL", config, sandbox });
    assertEquals(await linkNamesIn(sandbox), ["lo", "eth1"]);
    for (const { gateway } of prevResult.ips) await mustPing(sandbox, gateway);
    await mustPing(sandbox, outside.ipv4);
    await mustPing(sandbox, outside.ipv6);
    await mustCall(host, "ptp", { ...second, command: "DEL" });
    await host.ip("link del up0");
    assertEquals(await attachmentsOf(host), before);
  },
  PING,
);

kernelTest(
  "ptp: a single address and a gateway outside of its subnet will do",
  async (host) => {
    const outside = await addOutside(host);
    const ipam = {
      type: "static",
      addresses: [
        { address: "10.213.7.2/32", gateway: "169.254.1.1" },
        { address: "10.213.8.2/24", gateway: "169.254.1.1" },
        { address: "fd00:213::2/128", gateway: "fe80::1" },
      ],
      routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
    };
    const config = ptpConfig(host, { ipam });
    const sandbox = await host.addSandbox();
    const prevResult = await mustCall(host, "ptp", { config, sandbox });
    await mustPing(sandbox, outside.ipv4);
    await mustPing(sandbox, outside.ipv4, "-I", "10.213.8.2");
    await mustPing(sandbox, outside.ipv6);
    const check = { command: "CHECK", config: { ...config, prevResult } };
    await mustCall(host, "ptp", { ...check, sandbox });
  },
  PING,
);

kernelTest(
  "ptp: an address that the host routes elsewhere is refused",
  async (host) => {
    const ipam = {
      type: "static",
      addresses: [{ address: "10.213.0.2/24", gateway: "10.213.0.1" }],
    };
    const config = ptpConfig(host, { ipam });
    const [first, second] = [await host.addSandbox(), await host.addSandbox()];
    await mustCall(host, "ptp", { config, sandbox: first });
    const before = await stateOf(host);
    const call = { code: 999, config, sandbox: second };
    const error = await mustFail(host, "ptp", call);
    assert(error.msg.includes("10.213.0.2/32"), error.msg);
    assertEquals(await stateOf(host), before);
    await mustPing(host, "10.213.0.2");
  },
  PING,
);

kernelTest(
  "ptp: STATUS is not content without a way to masquerade",
  async (host) => {
    const config = ptpConfig(host, {
      cniVersion: "1.1.0",
      ipMasqBackend: "nftables",
    });
    const folder = `${host.scratchDir}/bin`;
    await Deno.mkdir(folder);
    const text = "#!/bin/sh\nexit 1\n";
    await Deno.writeTextFile(`${folder}/nft`, text, { mode: 0o755 });
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}` };
    const call = { command: "STATUS", config, env, code: 50 };
    const error = await mustFail(host, "ptp", call);
    assert(error.details.includes("nftables"), error.details);
  },
);

kernelTest(
  "ptp: the host's own IPv6 may be off for new links",
  async (host) => {
    await host.must([
      ...["sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"],
    ]);
    const ipam = hostLocal(host, [SUBNET6]);
    const config = ptpConfig(host, { ipam });
    const sandbox = await host.addSandbox();
    const { ips } = await mustCall(host, "ptp", { config, sandbox });
    await mustPing(sandbox, ips[0].gateway);
  },
  PING,
);

kernelTest(
  "ptp: many containers at once get addresses of their own",
  async (host) => {
    const before = await attachmentsOf(host);
    const sandboxes = await Promise.all(
      Array.from({ length: 6 }, () => host.addSandbox()),
    );
    const ipam = hostLocal(host, [SUBNET4]);
    const config = ptpConfig(host, { ipam });
    const results = await Promise.all(
      sandboxes.map((sandbox) => mustCall(host, "ptp", { config, sandbox })),
    );
    const addresses = new Set(results.flatMap(addressesIn));
    assertEquals(addresses.size, sandboxes.length);
    await Promise.all(
      sandboxes.map((sandbox) =>
        mustCall(host, "ptp", { command: "DEL", config, sandbox })
      ),
    );
    assertEquals(await attachmentsOf(host), before);
  },
  PING,
);
