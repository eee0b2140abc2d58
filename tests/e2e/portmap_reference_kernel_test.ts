import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  firewallOf,
  type Host,
  kernelTest,
  mustCall,
  portmapConfig,
  portRulesOf,
  published,
  REFERENCE_BIN,
  type Sandbox,
} from "./_harness.ts";

const NEEDS = {
  needs: ["iptables", "ip6tables", "nft", `${REFERENCE_BIN}/portmap`],
};

const EITHER = [published(8080, 80), published(9, 9, { protocol: "sctp" })];
const ONLY_IPV4 = [
  published(8081, 81, { hostIP: "127.0.0.1" }),
  published(53, 5353, { protocol: "udp", hostIP: "0.0.0.0" }),
];
const ONLY_IPV6 = [
  published(8081, 81, { hostIP: "::1" }),
  published(54, 5353, { protocol: "udp", hostIP: "::" }),
];

/** The only rule that the reference has not. */
const LEAVES_LOCALHOST = "-A CNI-HOSTPORT-DNAT -d ::1/128 -j RETURN";

/** Configurations that the installed reference knows. */
const CASES: Record<string, Parameters<typeof portmapConfig>[2]> = {
  "every kind of mapping": {
    portMappings: [...EITHER, ...ONLY_IPV4, ...ONLY_IPV6],
  },
  "IPv4 alone": {
    portMappings: [...EITHER, ...ONLY_IPV4],
    addresses: ["10.77.0.2/16"],
  },
  "IPv6 alone": {
    portMappings: [...EITHER, ...ONLY_IPV6],
    addresses: ["fd77::2/120"],
  },
  "17 ports": {
    portMappings: Array.from({ length: 17 }, (_, n) => published(n + 1, 80)),
  },
  "a port said twice": { portMappings: [published(1, 1), published(1, 1)] },
  "conditions": {
    conditionsV4: ["-s", "10.1.2.3", "!", "-d", "1.2.3.4"],
    conditionsV6: ["!", "-s", "fd00::/8", "-m", "comment", "--comment", "a b"],
  },
  "another mark": { markMasqBit: 31 },
  "no snat": { snat: false },
  "another's chain that marks": { externalSetMarkChain: "KUBE-MARK-MASQ" },
  "no mappings": { portMappings: [] },
};

for (const [why, keys] of Object.entries(CASES)) {
  kernelTest(`portmap: rules are the reference's: ${why}`, async (host) => {
    const sandbox = await host.addSandbox();
    const config = portmapConfig(host, sandbox, keys);
    const add = { config, sandbox };
    const theirs = { ...add, bin: REFERENCE_BIN };
    await prepare(host);
    // It adds a dns that says nothing.
    const { dns: _, ...expected } = await mustCall(host, "portmap", theirs);
    const rules = await firewallOf(host);
    await clear(host);
    await prepare(host);
    assertEquals(await mustCall(host, "portmap", add), expected);
    const ours = await firewallOf(host);
    assertEquals(ours.filter((rule) => rule !== LEAVES_LOCALHOST), rules);
    await mustCall(host, "portmap", add);
    assertEquals(await firewallOf(host), ours);
    // An ADD of the reference finds all that it wants.
    await mustCall(host, "portmap", theirs);
    assertEquals(await firewallOf(host), ours);
  }, NEEDS);

  kernelTest(`portmap: either undoes the other: ${why}`, async (host) => {
    await prepare(host);
    for (const [adds, deletes] of [["ours", "theirs"], ["theirs", "ours"]]) {
      const sandbox = await host.addSandbox();
      const config = portmapConfig(host, sandbox, keys);
      const call = (verb: string, whose = "") => {
        const bin = whose === "theirs" ? { bin: REFERENCE_BIN } : {};
        const more = { config, sandbox, command: verb, ...bin };
        return mustCall(host, "portmap", more);
      };
      // What all share is there from here on.
      await call("ADD", adds);
      await call("DEL", deletes);
      const before = await firewallOf(host);
      await call("ADD", adds);
      if (why !== "no mappings") {
        assertNotEquals(await firewallOf(host), before);
      }
      await call("CHECK", "ours");
      await call("DEL", deletes);
      assertEquals(await firewallOf(host), before, `${adds}, ${deletes}`);
      assertEquals(await portRulesOf(host), []);
    }
  }, NEEDS);
}

kernelTest(
  "portmap: containers of ours and of the reference stand side by side",
  async (host) => {
    const attach = async (port: number, bin?: string) => {
      const sandbox = await host.addSandbox();
      const portMappings = [published(port, 80)];
      const config = portmapConfig(host, sandbox, { portMappings });
      const call = { config, sandbox, ...(bin === undefined ? {} : { bin }) };
      await mustCall(host, "portmap", call);
      return call;
    };
    const ours = await attach(1);
    const theirs = await attach(2, REFERENCE_BIN);
    const both = await portRulesOf(host);
    const third = await attach(3);
    const detach = (call: { config: object; sandbox: Sandbox }) =>
      mustCall(host, "portmap", { ...call, command: "DEL" });
    await detach(third);
    assertEquals(await portRulesOf(host), both);
    await detach(ours);
    const left = await portRulesOf(host);
    assert(left.length > 0 && left.length < both.length, left.join("\n"));
    await detach(theirs);
    assertEquals(await portRulesOf(host), []);
  },
  NEEDS,
);

async function prepare(host: Host): Promise<void> {
  await host.must(["iptables", "-t", "nat", "-N", "KUBE-MARK-MASQ"]);
  await host.must(["ip6tables", "-t", "nat", "-N", "KUBE-MARK-MASQ"]);
}

async function clear(host: Host): Promise<void> {
  for (const program of ["iptables", "ip6tables"]) {
    await host.must([program, "-t", "nat", "-F"]);
    await host.must([program, "-t", "nat", "-X"]);
  }
}
