import { assertEquals, assertFalse } from "@std/assert";
import {
  addOutside,
  addressesIn,
  bridgeConfig,
  canPing,
  type Host,
  hostLocal,
  kernelTest,
  mustCall,
  mustPing,
  type Sandbox,
  setBridged,
} from "./_harness.ts";

const NEEDS = { needs: ["ping", "iptables", "ip6tables"] };

/** Without br_netfilter, rules do not see what stays on a bridge. */
const BRIDGED = {
  needs: [...NEEDS.needs, "/proc/sys/net/bridge/bridge-nf-call-iptables"],
};

/** A container on a bridge, with an address of each family. */
interface Attached extends Sandbox {
  readonly addresses: readonly string[];
}

/** Attaches a container to a bridge of its network, with an ingress policy. */
async function attach(
  host: Host,
  name: "foo" | "bar",
  ingressPolicy: string,
): Promise<Attached> {
  const sandbox = await host.addSandbox();
  const number = name === "foo" ? 1 : 2;
  const lock = `/run/cni/bridge-${host.bridge}-${name}.lock`;
  host.defer(() => Deno.remove(lock).catch(() => {}));
  const config = {
    ...bridgeConfig(host, {
      name: `${host.network}-${name}`,
      bridge: `${host.bridge}-${name}`,
      isDefaultGateway: true,
      ipam: hostLocal(host, [
        `10.213.${number}.0/24`,
        `fd00:213:${number}::/64`,
      ]),
    }),
  };
  const prevResult = await mustCall(host, "bridge", { config, sandbox });
  await mustCall(host, "firewall", {
    config: {
      ...config,
      type: "firewall",
      backend: "iptables",
      ingressPolicy,
      prevResult,
    },
    sandbox,
  });
  return { ...sandbox, addresses: addressesIn(prevResult) };
}

async function mustReach(from: Attached, to: Attached): Promise<void> {
  for (const address of to.addresses) await mustPing(from, address);
}

async function mustNotReach(from: Attached, to: Attached): Promise<void> {
  const answers = await Promise.all(
    to.addresses.map((address) => canPing(from, address)),
  );
  assertEquals(answers, [false, false], `${to.addresses}`);
}

kernelTest(
  "firewall: without a policy containers reach each other",
  async (host) => {
    const [foo, foo2] = [
      await attach(host, "foo", "open"),
      await attach(host, "foo", "open"),
    ];
    const bar = await attach(host, "bar", "open");
    await mustReach(foo, foo2);
    await mustReach(foo, bar);
    await mustReach(bar, foo);
  },
  NEEDS,
);

kernelTest(
  "firewall: same-bridge keeps bridges apart, as br_netfilter shows",
  async (host) => {
    await setBridged(host, "1");
    const [foo, foo2] = [
      await attach(host, "foo", "same-bridge"),
      await attach(host, "foo", "same-bridge"),
    ];
    const bar = await attach(host, "bar", "same-bridge");
    await mustReach(foo, foo2);
    await mustNotReach(foo, bar);
    await mustNotReach(bar, foo);
    // The host itself is no bridge's.
    for (const address of foo.addresses) await mustPing(host, address);
  },
  BRIDGED,
);

kernelTest(
  "firewall: isolated keeps containers of a bridge apart, as br_netfilter shows",
  async (host) => {
    await setBridged(host, "1");
    const [foo, foo2] = [
      await attach(host, "foo", "isolated"),
      await attach(host, "foo", "isolated"),
    ];
    const bar = await attach(host, "bar", "isolated");
    await mustNotReach(foo, foo2);
    await mustNotReach(foo, bar);
    await mustNotReach(bar, foo);
    for (const address of foo.addresses) await mustPing(host, address);
  },
  BRIDGED,
);

kernelTest(
  "firewall: same-bridge keeps bridges apart without br_netfilter",
  async (host) => {
    await setBridged(host, "0");
    const foo = await attach(host, "foo", "same-bridge");
    const bar = await attach(host, "bar", "same-bridge");
    await mustNotReach(foo, bar);
    await mustNotReach(bar, foo);
  },
  NEEDS,
);

kernelTest(
  "firewall: a policy holds where containers without one came first",
  async (host) => {
    for (const name of ["foo", "bar"] as const) {
      await attach(host, name, "open");
    }
    const foo = await attach(host, "foo", "same-bridge");
    const bar = await attach(host, "bar", "same-bridge");
    await mustNotReach(foo, bar);
    await mustNotReach(bar, foo);
  },
  NEEDS,
);

kernelTest(
  "firewall: containers pass a host that forwards nothing",
  async (host) => {
    const outside = await addOutside(host);
    for (const program of ["iptables", "ip6tables"]) {
      await host.must([program, "-P", "FORWARD", "DROP"]);
    }
    const sandbox = await host.addSandbox();
    const bridge = bridgeConfig(host, {
      isDefaultGateway: true,
      ipMasq: true,
      ipam: hostLocal(host, ["10.213.0.0/24", "fd00:213::/64"]),
    });
    const call = { config: bridge, sandbox };
    const prevResult = await mustCall(host, "bridge", call);
    assertFalse(await canPing(sandbox, outside.ipv4));
    const config = {
      ...bridge,
      type: "firewall",
      backend: "iptables",
      prevResult,
    };
    await mustCall(host, "firewall", { config, sandbox });
    await mustPing(sandbox, outside.ipv4);
    await mustPing(sandbox, outside.ipv6);
    // What nobody has asked for does not get in.
    const [ipv4 = ""] = addressesIn(prevResult);
    await outside.ip(`route add 10.213.0.0/24 via 192.0.2.1`);
    assertFalse(await canPing(outside, ipv4));
    // The administrator's chain is asked first.
    const drop = "-A CNI-ADMIN -p icmp -j DROP".split(" ");
    await host.must(["iptables", ...drop]);
    assertFalse(await canPing(sandbox, outside.ipv4));
    await host.must(["iptables", "-F", "CNI-ADMIN"]);
    await mustPing(sandbox, outside.ipv4);
    await mustCall(host, "firewall", { command: "DEL", config, sandbox });
    assertFalse(await canPing(sandbox, outside.ipv4));
  },
  NEEDS,
);
