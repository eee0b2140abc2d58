import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  addOutside,
  addressesIn,
  type Any,
  ask,
  askInVain,
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  kernelTest,
  mustCall,
  type Sandbox,
  serve,
  type Socket,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

const BACKENDS = ["iptables", "nftables"] as const;
const NEEDS = { needs: ["iptables", "ip6tables", "nft", "conntrack"] };

for (const backend of BACKENDS) {
  kernelTest(
    `portmap: a published port answers everyone, by ${backend}`,
    async (host, t) => {
      const outside = await addOutside(host);
      const one = await addServer(host, "one");
      const other = await addServer(host, "other");
      const config = configFor(host, one, { backend }, [
        { hostPort: 8080, containerPort: 80, protocol: "tcp" },
        { hostPort: 8080, containerPort: 80, protocol: "udp" },
      ]);
      await mustCall(host, "portmap", { config, sandbox: one.sandbox });
      const askers = {
        "the host": host,
        "the container itself": one.sandbox,
        "another container": other.sandbox,
        "another machine": outside,
      };
      for (const [who, from] of Object.entries(askers)) {
        await t.step(who, async () => {
          const addresses = from === host
            ? ["127.0.0.1", ...HOST_ADDRESSES]
            : HOST_ADDRESSES;
          for (const socket of socketsAt(addresses, 8080)) {
            const answer = await ask(from, socket);
            assertStringIncludes(answer, "one ", JSON.stringify(socket));
          }
        });
      }
      await t.step("nobody any more, after DEL", async () => {
        const call = { command: "DEL", config, sandbox: one.sandbox };
        await mustCall(host, "portmap", call);
        for (const socket of socketsAt(["192.0.2.1"], 8080)) {
          assertEquals(await askInVain(outside, socket), "");
        }
      });
    },
    NEEDS,
  );

  kernelTest(
    `portmap: hostIP, masqAll and conditions count, by ${backend}`,
    async (host, t) => {
      const outside = await addOutside(host);
      const one = await addServer(host, "one");
      const published = (hostPort: number, hostIP?: string) => [
        { hostPort, containerPort: 80, protocol: "tcp", hostIP },
      ];
      const tcp = (hostname: string, port: number): Socket => ({
        transport: "tcp",
        hostname,
        port,
      });
      const attach = async (
        keys: Readonly<Record<string, unknown>>,
        mappings: readonly unknown[],
      ) => {
        const config = configFor(host, one, { backend, ...keys }, mappings);
        await mustCall(host, "portmap", { config, sandbox: one.sandbox });
      };
      await t.step("hostIP", async () => {
        await attach({}, published(8081, "127.0.0.1"));
        assertStringIncludes(await ask(host, tcp("127.0.0.1", 8081)), "one ");
        assertEquals(await askInVain(outside, tcp("192.0.2.1", 8081)), "");
      });
      await t.step("without masqAll the container sees who asks", async () => {
        await attach({}, published(8082));
        const answer = await ask(outside, tcp("192.0.2.1", 8082));
        assertEquals(answer, `one ${outside.ipv4}`);
      });
      await t.step("with masqAll it sees the host", async () => {
        await attach({ masqAll: true }, published(8082));
        const answer = await ask(outside, tcp("192.0.2.1", 8082));
        assertEquals(answer, `one ${SUBNET4.replace("0/24", "1")}`);
      });
      await t.step("conditions", async () => {
        const conditionsV4 = backend === "iptables"
          ? ["!", "-s", outside.ipv4]
          : ["ip", "saddr", "!=", outside.ipv4];
        await attach({ conditionsV4 }, published(8083));
        assertStringIncludes(await ask(host, tcp("192.0.2.1", 8083)), "one ");
        assertEquals(await askInVain(outside, tcp("192.0.2.1", 8083)), "");
      });
      await t.step("without snat only others reach it", async () => {
        await attach({ snat: false }, published(8084));
        const answer = await ask(outside, tcp("192.0.2.1", 8084));
        assertEquals(answer, `one ${outside.ipv4}`);
        assertEquals(await askInVain(host, tcp("127.0.0.1", 8084)), "");
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
      const early = configFor(host, two, { backend }, [
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
        const config = configFor(host, server, { backend }, mappings);
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
    const config = configFor(host, one, {}, [
      { hostPort: 5353, containerPort: 80, protocol: "udp" },
    ]);
    const path = await pathWithout(host, "conntrack");
    const call = { config, sandbox: one.sandbox, env: { PATH: path } };
    const quiet = await callPlugin(host, "portmap", call);
    assertEquals(quiet.status, 0, quiet.stdout);
    await mustCall(host, "portmap", { ...call, command: "DEL" });
    const socket = { transport: "udp", hostname: "192.0.2.1", port: 5353 };
    await askInVain(outside, socket as Socket);
    const { status, stderr } = await callPlugin(host, "portmap", call);
    assertEquals(status, 0);
    assertStringIncludes(stderr, "install the package conntrack");
    const canTell = await host.run(["test", "-r", "/proc/net/nf_conntrack"]);
    assertEquals(quiet.stderr === "", canTell.status === 0, quiet.stderr);
  },
  NEEDS,
);

const HOST_ADDRESSES = ["192.0.2.1", "2001:db8:ffff::1"];

/** A container on the test's bridge with servers on port 80. */
interface Server {
  readonly name: string;
  readonly sandbox: Sandbox;
  /** What the bridge plugin has returned. */
  readonly result: Any;
}

async function addServer(host: Host, name: string): Promise<Server> {
  const sandbox = await host.addSandbox();
  await sandbox.ip("link set lo up");
  const config = bridgeConfig(host, {
    isDefaultGateway: true,
    // What the container sends to itself leaves the bridge where it came in.
    hairpinMode: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6]),
  });
  const result = await mustCall(host, "bridge", { config, sandbox });
  const sockets = socketsAt(addressesIn(result), 80);
  await serve(host, sandbox, { name, sockets });
  return { name, sandbox, result };
}

function configFor(
  host: Host,
  { result }: Server,
  keys: Readonly<Record<string, unknown>>,
  portMappings: readonly unknown[],
): Record<string, unknown> {
  return {
    cniVersion: "1.0.0",
    name: host.network,
    type: "portmap",
    ...keys,
    prevResult: result,
    runtimeConfig: { portMappings },
  };
}

function socketsAt(
  addresses: readonly string[],
  port: number,
): readonly Socket[] {
  return addresses.flatMap((hostname) =>
    (["tcp", "udp"] as const).map((transport) => ({
      transport,
      hostname,
      port,
    }))
  );
}

/** A folder for `PATH` in which a program fails as if it were not installed. */
async function pathWithout(host: Host, program: string): Promise<string> {
  const folder = `${host.scratchDir}/without`;
  await Deno.mkdir(folder, { recursive: true });
  const script = `#!/bin/sh\necho "sh: ${program}: not found" >&2\nexit 127\n`;
  await Deno.writeTextFile(`${folder}/${program}`, script, { mode: 0o755 });
  return `${folder}:${Deno.env.get("PATH") ?? ""}`;
}
