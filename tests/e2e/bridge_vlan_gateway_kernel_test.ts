import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  addOutside,
  type Any,
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  mustCall,
  mustFail,
  mustPing,
  REFERENCE_BIN,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

// Bridges that call iptables: every node that kubeadm has set up.
const CALLS_IPTABLES = "/proc/sys/net/bridge/bridge-nf-call-iptables";

// A kernel that has the one has the other: VLAN filtering itself has no link.
const NEEDS = ["bridge", "link dummy", "ping"];
const BACKENDS = ["iptables", "ip6tables", "nft"];

function gatewayConfig(host: Host, keys: Any = {}): Any {
  return bridgeConfig(host, {
    vlan: 100,
    isDefaultGateway: true,
    ipMasq: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    ...keys,
  });
}

for (const ipMasqBackend of ["iptables", "nftables"]) {
  for (const callsIptables of ["1", "0"]) {
    kernelTest(
      `bridge: a VLAN's gateway masquerades by ${ipMasqBackend}, br_netfilter ${callsIptables}`,
      async (host) => {
        const outside = await addOutside(host);
        for (const family of ["ip", "ip6"]) {
          const key = `net.bridge.bridge-nf-call-${family}tables`;
          await host.must(["sysctl", "-qw", `${key}=${callsIptables}`]);
        }
        const config = gatewayConfig(host, { ipMasqBackend });
        const [one, two] = [await host.addSandbox(), await host.addSandbox()];
        const first = await mustCall(host, "bridge", { config, sandbox: one });
        await mustCall(host, "bridge", { config, sandbox: two });
        const device = await linkIn(host, `${host.bridge}.100`);
        assertEquals(device.linkinfo.info_kind, "vlan");
        assertEquals(first.interfaces[3].mac, device.address);
        for (const sandbox of [one, two]) {
          await mustPing(sandbox, outside.ipv4);
          await mustPing(sandbox, outside.ipv6);
        }
        const check = { ...config, prevResult: first };
        const call = { command: "CHECK", config: check, sandbox: one };
        await mustCall(host, "bridge", call);
      },
      { needs: [...NEEDS, ...BACKENDS, CALLS_IPTABLES] },
    );
  }
}

kernelTest(
  "bridge: a VLAN's gateway that the reference made goes on working",
  async (host) => {
    const config = gatewayConfig(host, { ipMasq: false });
    const [one, two] = [await host.addSandbox(), await host.addSandbox()];
    const theirs = { config, sandbox: one, bin: REFERENCE_BIN };
    await mustCall(host, "bridge", theirs);
    const before = await linkIn(host, `${host.bridge}.100`);
    assertEquals(before.linkinfo.info_kind, "veth");
    await mustCall(host, "bridge", { config, sandbox: two });
    const after = await linkIn(host, `${host.bridge}.100`);
    assertEquals(after.ifindex, before.ifindex);
    const gateways = [SUBNET4, SUBNET6].map((one) =>
      one.replace(/0?\/\d+$/, "1")
    );
    for (const sandbox of [one, two]) {
      for (const gateway of gateways) await mustPing(sandbox, gateway);
    }
  },
  { needs: [...NEEDS, `${REFERENCE_BIN}/bridge`] },
);

kernelTest(
  "bridge: gateways in several VLANs of a bridge, the bridge's own among them",
  async (host) => {
    await host.ip(`link add ${host.bridge} type bridge vlan_filtering 1`);
    for (const [index, vlan] of [1, 2, 4094].entries()) {
      const subnet = `10.213.${index}.0/24`;
      const config = gatewayConfig(host, {
        name: `${host.network}-${vlan}`,
        vlan,
        ipam: hostLocal(host, [subnet]),
      });
      const sandbox = await host.addSandbox();
      await mustCall(host, "bridge", { config, sandbox });
      await mustPing(sandbox, `10.213.${index}.1`);
    }
    const words = ["bridge", "-j", "vlan", "show", "dev", host.bridge];
    const [{ vlans }] = JSON.parse(await host.must(words));
    assertEquals(vlans, [
      { vlan: 1, flags: ["PVID", "Egress Untagged"] },
      { vlan: 2 },
      { vlan: 4094 },
    ]);
  },
  { needs: NEEDS },
);

kernelTest(
  "bridge: a VLAN's gateway on a bridge that does not filter VLANs",
  async (host) => {
    await host.ip(`link add ${host.bridge} type bridge`);
    const config = gatewayConfig(host, { ipMasq: false });
    const sandbox = await host.addSandbox();
    // With a warning, so not by a call that must be silent.
    const call = { config, sandbox };
    assertEquals((await callPlugin(host, "bridge", call)).status, 0);
    await mustPing(sandbox, SUBNET4.replace("0/24", "1"));
  },
  { needs: NEEDS },
);

kernelTest(
  "bridge: a failed ADD takes the VLAN device and the bridge's VLAN back",
  async (host) => {
    await host.ip(`link add ${host.bridge} type bridge vlan_filtering 1`);
    await host.ip(`link set ${host.bridge} up`);
    const vlans = () => host.must(["bridge", "-j", "vlan", "show"]);
    const vlansBefore = await vlans();
    const only = { rangeStart: "10.213.0.9", rangeEnd: "10.213.0.9" };
    const ipam = {
      ...hostLocal(host),
      ranges: [[{ subnet: SUBNET4, ...only }]],
    };
    const config = gatewayConfig(host, { ipam });
    const [one, two] = [await host.addSandbox(), await host.addSandbox()];
    await mustCall(host, "host-local", { config, sandbox: one });
    const before = await attachmentsOf(host);
    const { status } = await callPlugin(host, "bridge", {
      config,
      sandbox: two,
    });
    assertEquals(status, 1);
    assertEquals(await attachmentsOf(host), before);
    assertEquals(await vlans(), vlansBefore);
  },
  { needs: NEEDS },
);

/** What takes the gateway's VLAN from it, and what an error must name. */
const LOSSES: Readonly<Record<string, readonly [string, string]>> = {
  "the bridge's own VLAN": ["bridge vlan del dev BR vid 100 self", "VLAN 100"],
  "its link": ["ip link del dev BR.100", "is gone"],
  "its link, down": ["ip link set dev BR.100 down", "is down"],
};

for (const [why, [line, named]] of Object.entries(LOSSES)) {
  kernelTest(
    `bridge: CHECK notices that a VLAN's gateway has lost ${why}`,
    async (host) => {
      const config = gatewayConfig(host);
      const sandbox = await host.addSandbox();
      const prevResult = await mustCall(host, "bridge", { config, sandbox });
      const check = { ...config, prevResult };
      const call = { command: "CHECK", config: check, sandbox };
      await mustCall(host, "bridge", call);
      await host.must(line.replace("BR", host.bridge).split(" "));
      const error = await mustFail(host, "bridge", { ...call, code: 999 });
      assertStringIncludes(error.details, named);
      // The next ADD mends it.
      const other = { config, sandbox: await host.addSandbox() };
      await mustCall(host, "bridge", other);
      await mustCall(host, "bridge", call);
    },
    { needs: [...NEEDS, ...BACKENDS] },
  );
}
