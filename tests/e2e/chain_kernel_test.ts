import { assertEquals } from "@std/assert";
import {
  type Any,
  attachmentsOf,
  BIN,
  createHost,
  type Host,
  hostLocal,
  kernelTest,
  netnsStateOf,
  REFERENCE_BIN,
  type Sandbox,
  stateOf,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** How a chain's plugins are called. */
interface Way {
  readonly bin: string;
  readonly env: Readonly<Record<string, string>>;
}

const IN_PROCESS: Way = { bin: BIN, env: {} };
const BY_EXEC: Way = { bin: BIN, env: { CNI_FORCE_EXEC: "1" } };
const REFERENCE: Way = { bin: REFERENCE_BIN, env: {} };

const PORT_MAPPINGS = [
  { hostPort: 18080, containerPort: 80, protocol: "tcp" },
  { hostPort: 18053, containerPort: 53, protocol: "udp" },
];

/** podman's default network, and what a node may add to it. */
function chainOn(host: Host): Any {
  return {
    cniVersion: "1.0.0",
    name: host.network,
    plugins: [
      {
        type: "bridge",
        bridge: host.bridge,
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: hostLocal(host, [SUBNET4, SUBNET6], {
          routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
        }),
      },
      { type: "portmap", capabilities: { portMappings: true } },
      { type: "firewall", backend: "iptables" },
      {
        type: "tuning",
        dataDir: `/run/cni/tuning-${host.id}`,
        sysctl: { "net.ipv4.conf.IFNAME.arp_filter": "1" },
        mtu: 1400,
      },
      {
        type: "bandwidth",
        ingressRate: 80_000_000,
        ingressBurst: 8_000_000,
        egressRate: 80_000_000,
        egressBurst: 8_000_000,
      },
    ],
  };
}

/** What differs between two runs of the same: ids, and what is made of them. */
function normal(value: unknown, host: Host, sandbox: Sandbox): Any {
  const text = JSON.stringify(value)
    .replaceAll(sandbox.path, "NETNS")
    .replaceAll(host.id, "ID")
    .replace(/\bcnitool-[0-9a-f]{20}/g, "CONTAINER")
    .replace(/\bveth[0-9a-f]{8}\b/g, "VETH")
    .replace(/\bbwp[0-9a-f]{12}\b/g, "IFB")
    .replace(/\bCNI-(DN-)?[0-9a-f]{21,24}\b/g, "CNI-$1HASH")
    .replace(/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, "MAC");
  return JSON.parse(text);
}

/** Attaches, verifies and detaches; what that has said and left, in order. */
async function play(host: Host, way: Way): Promise<Any> {
  const sandbox = await host.addSandbox();
  const folder = `/var/lib/cni/conf-${host.id}`;
  await Deno.mkdir(folder, { recursive: true });
  host.defer(() => Deno.remove(folder, { recursive: true }));
  host.defer(() =>
    Deno.remove(`/run/cni/tuning-${host.id}`, { recursive: true })
  );
  await Deno.writeTextFile(
    `${folder}/chain.conflist`,
    JSON.stringify(chainOn(host)),
  );
  const tool = (verb: string) =>
    host.must([`${BIN}/cnitool`, verb, host.network, sandbox.path], {
      env: {
        NETCONFPATH: folder,
        CNI_PATH: way.bin,
        CAP_ARGS: JSON.stringify({ portMappings: PORT_MAPPINGS }),
        ...way.env,
      },
    });
  const before = await attachmentsOf(host);
  const result = JSON.parse(await tool("add"));
  const added = await stateOf(host);
  const container = await netnsStateOf(sandbox);
  // The reference's portmap looks for the rules of one family in the other.
  if (way.bin === BIN) await tool("check");
  await tool("del");
  const left = await attachmentsOf(host);
  await tool("del");
  assertEquals(left, before, "DEL leaves nothing");
  const { rules, links } = added;
  const told = normal({ result, rules, links, container }, host, sandbox);
  // Chains are listed by their names, which have hashes of ids in them.
  return { ...told, rules: told.rules.toSorted() };
}

/** What iptables-save prints, without what only ours notes (`owners-kept`). */
function tableRules({ rules }: Any): readonly string[] {
  return rules.filter((rule: string) =>
    /^(:|-A )/.test(rule) && !rule.includes("CNI-FORWARD-OWNERS")
  );
}

const NEEDS = ["iptables", "ip6tables", "nft", "tc"];

kernelTest(
  "a chain in one process does what it does with a process for each plugin",
  async (host) => {
    await using other = await createHost();
    assertEquals(await play(host, IN_PROCESS), await play(other, BY_EXEC));
  },
  { needs: NEEDS },
);

kernelTest(
  "a chain of ours has the result and the rules of the reference's",
  async (host) => {
    await using other = await createHost();
    const ours = await play(host, IN_PROCESS);
    const theirs = await play(other, REFERENCE);
    const namesIn = (one: Any) =>
      one.result.interfaces.map(({ name, sandbox }: Any) => [name, sandbox]);
    assertEquals(namesIn(ours), namesIn(theirs));
    assertEquals(ours.result.ips, theirs.result.ips);
    assertEquals(ours.result.routes, theirs.result.routes);
    assertEquals(tableRules(ours), tableRules(theirs));
    assertEquals(ours.container.routes, theirs.container.routes);
  },
  { needs: [...NEEDS, `${REFERENCE_BIN}/portmap`] },
);
