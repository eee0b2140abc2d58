import { assert, assertEquals } from "@std/assert";
import { flannelConfig } from "./_flannel.ts";
import {
  addOutside,
  type Any,
  attachmentsOf,
  canPing,
  createHost,
  type Host,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustPing,
  type Sandbox,
} from "./_harness.ts";
import { createOverlay } from "./_overlay.ts";

const NODES = 3;
const CONTAINERS_PER_NODE = 2;

const NEEDS = { needs: ["iptables", "ip6tables", "bridge", "ping"] };

/** A container of the overlay. */
interface Attached {
  readonly host: Host;
  readonly sandbox: Sandbox;
  readonly result: Any;
  /** Its IPv4 and its IPv6 address. */
  readonly addresses: readonly string[];
}

for (const ipMasq of [true, false]) {
  const who = ipMasq ? "flanneld" : "bridge";
  kernelTest(
    `flannel: containers of three nodes reach each other; ${who} masquerades`,
    async (first, t) => {
      await using others = new AsyncDisposableStack();
      const hosts = [first];
      while (hosts.length < NODES) hosts.push(others.use(await createHost()));
      await createOverlay(hosts, { ipMasq });
      const outside = await addOutside(first);
      const before = await Promise.all(hosts.map(attachmentsOf));
      const attached = await attachAll(hosts);

      await t.step("by addresses of their node", () => {
        assertEquals(attached.map(({ addresses }) => addresses), [
          ["10.244.1.2", "fd00:244:0:1::2"],
          ["10.244.1.3", "fd00:244:0:1::3"],
          ["10.244.2.2", "fd00:244:0:2::2"],
          ["10.244.2.3", "fd00:244:0:2::3"],
          ["10.244.3.2", "fd00:244:0:3::2"],
          ["10.244.3.3", "fd00:244:0:3::3"],
        ]);
      });
      await t.step("all pairs, both families", async () => {
        for (const from of attached) {
          for (const to of attached) {
            if (from === to) continue;
            for (const ip of to.addresses) await mustPing(from.sandbox, ip);
          }
        }
      });
      await t.step("with packets of the overlay's size", async () => {
        for (const { host, sandbox, result } of attached) {
          const port = result.interfaces[1].name;
          const links = [
            await linkIn(sandbox, "eth0"),
            await linkIn(host, host.bridge),
            await linkIn(host, port),
          ];
          assertEquals(links.map(({ mtu }) => mtu), [1430, 1430, 1430]);
        }
        const [from, ...rest] = attached;
        const [ipv4 = "", ipv6 = ""] = rest.at(-1)!.addresses;
        await mustPing(from!.sandbox, ipv4, "-M", "do", "-s", `${1430 - 28}`);
        await mustPing(from!.sandbox, ipv6, "-M", "do", "-s", `${1430 - 48}`);
      });
      await t.step("and the node's own processes", async () => {
        for (const { host, addresses } of attached) {
          for (const ip of addresses) await mustPing(host, ip);
        }
      });
      await t.step("the rest of the world is masqueraded for", async () => {
        const { sandbox } = attached[0]!;
        await mustPing(sandbox, outside.ipv4);
        await mustPing(sandbox, outside.ipv6);
      });
      if (ipMasq) {
        await t.step("the overlay's traffic is left alone", async () => {
          for (const from of attached) {
            for (const to of attached) {
              if (from !== to) await refuseForeignSource(from, to);
            }
          }
        });
        await t.step("no rule is added to flanneld's", async () => {
          const rules = await Promise.all(hosts.map(attachmentsOf));
          assertEquals(
            rules.map((state) => state.rules),
            before.map((state) => state.rules),
          );
        });
      }
      await t.step("detaching leaves every node clean", async () => {
        for (const { host, sandbox } of attached) {
          const config = flannelConfig(host);
          await mustCall(host, "flannel", { command: "DEL", config, sandbox });
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
        }
        assertEquals(await Promise.all(hosts.map(attachmentsOf)), before);
        const { sandbox } = attached[0]!;
        assert(!await canPing(sandbox, attached[2]!.addresses[0]!));
      });
    },
    NEEDS,
  );
}

async function attachAll(
  hosts: readonly Host[],
): Promise<readonly Attached[]> {
  const attached: Attached[] = [];
  for (const host of hosts) {
    const config = flannelConfig(host);
    for (let count = 0; count < CONTAINERS_PER_NODE; count++) {
      const sandbox = await host.addSandbox();
      const result = await mustCall(host, "flannel", { config, sandbox });
      const addresses = result.ips.map(({ address }: Any) =>
        address.split("/")[0]
      );
      attached.push({ host, sandbox, result, addresses });
    }
  }
  return attached;
}

/** Pings while the other side takes nothing but what bears the sender's address. */
async function refuseForeignSource(from: Attached, to: Attached) {
  for (const [index, program] of ["iptables", "ip6tables"].entries()) {
    const source = from.addresses[index]!;
    const type = index === 0 ? "icmp" : "icmpv6";
    const rule = (act: string) => [
      ...[program, act, "INPUT", "!", "-s", source],
      ...["-p", type, `--${type}-type`, "echo-request", "-j", "DROP"],
    ];
    await to.sandbox.must(rule("-A"));
    await mustPing(from.sandbox, to.addresses[index]!);
    await to.sandbox.must(rule("-D"));
  }
}
