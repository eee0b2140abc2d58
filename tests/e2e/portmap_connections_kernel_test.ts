import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  addOutside,
  addServer,
  ask,
  askInVain,
  callPlugin,
  createFaults,
  type Host,
  HOST_ADDRESSES,
  keepAsking,
  kernelTest,
  mustCall,
  portmapConfigFor,
  type Socket,
  socketsAt,
} from "./_harness.ts";

const BACKENDS = ["iptables", "nftables"] as const;
const NEEDS = { needs: ["iptables", "ip6tables", "nft", "conntrack"] };

for (const backend of BACKENDS) {
  kernelTest(
    `portmap: a server that answers late keeps nobody, by ${backend}`,
    async (host) => {
      const outside = await addOutside(host);
      const asker = keepAsking(host, outside, {
        transport: "udp",
        hostname: "192.0.2.1",
        port: 80,
        sourcePort: 4000,
      });
      const mappings = [{ hostPort: 80, containerPort: 80, protocol: "udp" }];
      const keys = { ipMasq: true };
      const servers = [
        await addServer(host, "one", keys),
        await addServer(host, "two", keys),
      ];
      for (let round = 0; round < 10; round++) {
        // Both servers stay, as with a network that is disconnected.
        const server = servers[round % 2]!;
        const config = portmapConfigFor(host, server, { backend }, mappings);
        const call = { config, sandbox: server.sandbox };
        await mustCall(host, "portmap", call);
        const isHeard = await asker.hears(server.name, 5000);
        const left = await host.must(["conntrack", "-L", "-p", "udp"]);
        assert(isHeard, `round ${round}: ${left}`);
        await mustCall(host, "portmap", { ...call, command: "DEL" });
      }
    },
    NEEDS,
  );

  kernelTest(
    `portmap: an answer's connection does not outlive DEL or ADD, by ${backend}`,
    async (host, t) => {
      const outside = await addOutside(host);
      const server = await addServer(host, "one", { ipMasq: true });
      const mappings = [{ hostPort: 80, containerPort: 80, protocol: "udp" }];
      const config = portmapConfigFor(host, server, { backend }, mappings);
      const call = { config, sandbox: server.sandbox };
      const [, udp] = socketsAt([outside.ipv4], 4000);
      const answer = async () => {
        await askInVain(server.sandbox, udp!, { sourcePort: 81 });
        const text = await host.must(["conntrack", "-L", "-p", "udp"]);
        assertStringIncludes(text, "dport=81");
      };
      const left = async () => {
        const text = await host.must(["conntrack", "-L", "-p", "udp"]);
        return text.split("\n").filter((line) => / dport=81 /.test(line));
      };
      await t.step("DEL ends what its container has sent", async () => {
        await mustCall(host, "portmap", call);
        await answer();
        await mustCall(host, "portmap", { ...call, command: "DEL" });
        assertEquals(await left(), []);
      });
      await t.step("ADD ends what comes back by its port", async () => {
        await answer();
        const other = [{ hostPort: 81, containerPort: 80, protocol: "udp" }];
        const config = portmapConfigFor(host, server, { backend }, other);
        await mustCall(host, "portmap", { config, sandbox: server.sandbox });
        assertEquals(await left(), []);
      });
    },
    NEEDS,
  );

  kernelTest(
    `portmap: who keeps sending UDP is not left behind, by ${backend}`,
    async (host) => {
      const outside = await addOutside(host);
      const one = await addServer(host, "one");
      const two = await addServer(host, "two");
      const mappings = [
        { hostPort: 5353, containerPort: 80, protocol: "udp" },
        { hostPort: 5354, containerPort: 80, protocol: "udp" },
      ];
      // The kernel follows connections from the first rule on.
      const early = portmapConfigFor(host, two, { backend }, [
        { hostPort: 1, containerPort: 1, protocol: "tcp" },
      ]);
      await mustCall(host, "portmap", { config: early, sandbox: two.sandbox });
      const sockets = socketsAt(HOST_ADDRESSES, 5353)
        .filter(({ transport }) => transport === "udp");
      const from = { sourcePort: 4000 };
      for (const socket of sockets) {
        assertEquals(await askInVain(outside, socket, from), "");
      }
      for (const server of [one, two]) {
        const config = portmapConfigFor(host, server, { backend }, mappings);
        const { sandbox } = server;
        await mustCall(host, "portmap", { config, sandbox });
        for (const socket of sockets) {
          const answer = await ask(outside, socket, from);
          assertStringIncludes(answer, `${server.name} `);
        }
        await mustCall(host, "portmap", { command: "DEL", config, sandbox });
      }
    },
    NEEDS,
  );
}

kernelTest(
  "portmap: without conntrack ADD warns, if there is anything to end",
  async (host) => {
    const outside = await addOutside(host);
    const one = await addServer(host, "one");
    const config = portmapConfigFor(host, one, {}, [
      { hostPort: 5353, containerPort: 80, protocol: "udp" },
    ]);
    const path = await pathWithout(host, "conntrack");
    const call = { config, sandbox: one.sandbox, env: { PATH: path } };
    const quiet = await callPlugin(host, "portmap", call);
    assertEquals(quiet.status, 0, quiet.stdout);
    await mustCall(host, "portmap", { ...call, command: "DEL" });
    const socket = { transport: "udp", hostname: "192.0.2.1", port: 5353 };
    for (const count of ["0", "1"]) {
      // Where packets are counted, a line has more words.
      await host.must([
        "sysctl",
        "-qw",
        `net.netfilter.nf_conntrack_acct=${count}`,
      ]);
      await host.must(["conntrack", "-F"]);
      await askInVain(outside, socket as Socket);
      const { status, stderr } = await callPlugin(host, "portmap", call);
      assertEquals(status, 0);
      assertStringIncludes(stderr, "install the package conntrack");
      await mustCall(host, "portmap", { ...call, command: "DEL" });
    }
    const canTell = await host.run(["test", "-r", "/proc/net/nf_conntrack"]);
    assertEquals(quiet.stderr === "", canTell.status === 0, quiet.stderr);
  },
  NEEDS,
);

kernelTest(
  "portmap: of 2,000 ports only those with connections are gone through",
  async (host) => {
    const outside = await addOutside(host);
    const one = await addServer(host, "one");
    const portMappings = Array.from({ length: 2000 }, (_, n) => ({
      hostPort: 10_000 + n,
      containerPort: 80,
      protocol: "udp",
    }));
    const config = portmapConfigFor(host, one, {}, portMappings);
    const faults = createFaults(host);
    const env = { PATH: faults.path };
    const call = { config, sandbox: one.sandbox, env };
    const countAdd = async () => {
      faults.arm(0);
      await mustCall(host, "portmap", call);
      const count = faults.count();
      await mustCall(host, "portmap", { ...call, command: "DEL" });
      return count;
    };
    await mustCall(host, "portmap", call);
    await mustCall(host, "portmap", { ...call, command: "DEL" });
    const none = await countAdd();
    for (const port of [10_000, 11_000, 11_999]) {
      const [, udp] = socketsAt(["192.0.2.1"], port);
      await askInVain(outside, udp!, { patienceMs: 200 });
    }
    const three = await countAdd();
    assertEquals(three - none, 1, "one deletes all that is there");
    const left = await host.must(["conntrack", "-L", "-p", "udp"]);
    assertEquals(/dport=1[01]\d\d\d /.test(left), false, left);
    assert(none < 20, `${none} programs`);
  },
  NEEDS,
);

/** A folder for `PATH` in which a program fails as if it were not installed. */
async function pathWithout(host: Host, program: string): Promise<string> {
  const folder = `${host.scratchDir}/without`;
  await Deno.mkdir(folder, { recursive: true });
  const script = `#!/bin/sh\necho "sh: ${program}: not found" >&2\nexit 127\n`;
  await Deno.writeTextFile(`${folder}/${program}`, script, { mode: 0o755 });
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}
