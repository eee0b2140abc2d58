import { assertEquals, assertFalse } from "@std/assert";
import {
  addOutside,
  addressesIn,
  type Any,
  ask,
  askInVain,
  bridgeConfig,
  canPing,
  type Host,
  hostLocal,
  kernelTest,
  mustCall,
  mustPing,
  type Sandbox,
  serve,
  setBridged,
  type Socket,
} from "./_harness.ts";

const NEEDS = { needs: ["ping", "iptables", "ip6tables"] };

/** Without br_netfilter, rules do not see what stays on a bridge. */
const BRIDGED = {
  needs: [...NEEDS.needs, "/proc/sys/net/bridge/bridge-nf-call-iptables"],
};

/** A container on a bridge, with an address of each family. */
interface Attached extends Sandbox {
  readonly addresses: readonly string[];
  /** What the bridge plugin has returned. */
  readonly prevResult: Any;
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
  return { ...sandbox, addresses: addressesIn(prevResult), prevResult };
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

for (const policy of ["same-bridge", "isolated"] as const) {
  kernelTest(
    `firewall: who reaches a published port, as the page says: ${policy}`,
    async (host, t) => {
      await setBridged(host, "0");
      const outside = await addOutside(host);
      const foo = await attach(host, "foo", policy);
      const sibling = await attach(host, "foo", policy);
      const bar = await attach(host, "bar", policy);
      const [hostname = ""] = foo.addresses;
      const sockets = [{ transport: "tcp", hostname, port: 80 } as const];
      await serve(host, foo, { name: "foo", sockets });
      const config = {
        cniVersion: "1.0.0",
        name: `${host.network}-foo`,
        type: "portmap",
        prevResult: foo.prevResult,
        runtimeConfig: {
          portMappings: [{
            hostPort: 8080,
            containerPort: 80,
            protocol: "tcp",
          }],
        },
      };
      await mustCall(host, "portmap", { config, sandbox: foo });
      const port: Socket = {
        ...{ transport: "tcp", hostname: "192.0.2.1", port: 8080 },
      };
      const isReached = {
        "the host": [host, true],
        "another machine": [outside, true],
        "a container of its bridge": [sibling, policy === "same-bridge"],
        "a container of another bridge": [bar, false],
      } as const;
      for (const [who, [from, isServed]] of Object.entries(isReached)) {
        await t.step(who, async () => {
          const asked = isServed ? ask : askInVain;
          const answer = await asked(from, port);
          assertEquals(answer.startsWith("foo "), isServed, answer);
        });
      }
      await t.step(
        "whom the administrator lets in, as the page says",
        async () => {
          for (const end of ["-i", "-o"]) {
            const bridge = `${host.bridge}-foo`;
            await host.must([
              ...["iptables", "-I", "FORWARD", end, bridge],
              ..."-m conntrack --ctstate DNAT -j ACCEPT".split(" "),
            ]);
          }
          for (const from of [bar, sibling]) {
            assertEquals((await ask(from, port)).startsWith("foo "), true);
          }
          await mustNotReach(bar, foo);
        },
      );
    },
    NEEDS,
  );
}
