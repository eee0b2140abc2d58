import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import {
  addOutside,
  addressesIn,
  addServer,
  ask,
  askInVain,
  HOST_ADDRESSES,
  kernelTest,
  mustCall,
  portmapConfigFor,
  serve,
  setBridged,
  type Socket,
  socketsAt,
  SUBNET4,
} from "./_harness.ts";

const BACKENDS = ["iptables", "nftables"] as const;
const NEEDS = { needs: ["iptables", "ip6tables", "nft", "conntrack"] };

/** What makes rules see what stays on a bridge, or not. */
const BRIDGED = { "with br_netfilter": "1", "without": "0" } as const;

const CASES = BACKENDS.flatMap((backend) =>
  Object.entries(BRIDGED).map(([how, value]) => ({ backend, how, value }))
);

for (const { backend, how, value } of CASES) {
  kernelTest(
    `portmap: a published port answers everyone, by ${backend}, ${how}`,
    async (host, t) => {
      await setBridged(host, value);
      const outside = await addOutside(host);
      const one = await addServer(host, "one");
      const other = await addServer(host, "other");
      const config = portmapConfigFor(host, one, { backend }, [
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
}

for (const backend of BACKENDS) {
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
        const config = portmapConfigFor(
          host,
          one,
          { backend, ...keys },
          mappings,
        );
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
      await t.step("but only by the mapped port", async () => {
        const [ipv4 = ""] = addressesIn(one.result);
        await outside.ip(`route add ${SUBNET4} via 192.0.2.1`);
        await host.must(["sysctl", "-qw", "net.ipv4.ip_forward=1"]);
        const direct = await ask(outside, tcp(ipv4, 80));
        assertEquals(direct, `one ${outside.ipv4}`);
        const other = await addServer(host, "other");
        assertEquals(
          await ask(other.sandbox, tcp(ipv4, 80)),
          [
            "one",
            addressesIn(other.result)[0],
          ].join(" "),
        );
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
    `portmap: [::1] is left to the host, by ${backend}`,
    async (host, t) => {
      const one = await addServer(host, "one");
      const config = portmapConfigFor(host, one, { backend }, [
        { hostPort: 8080, containerPort: 80, protocol: "tcp" },
        { hostPort: 8081, containerPort: 80, protocol: "tcp", hostIP: "::1" },
      ]);
      await mustCall(host, "portmap", { config, sandbox: one.sandbox });
      await host.ip("addr add 2001:db8::1/128 dev lo nodad");
      const at = (hostname: string, port: number): Socket => ({
        transport: "tcp",
        hostname,
        port,
      });
      await t.step("another address leads to the container", async () => {
        const answer = await ask(host, at("2001:db8::1", 8080));
        assertStringIncludes(answer, "one ");
      });
      for (const port of [8080, 8081]) {
        await t.step(`${port} is refused at once`, async () => {
          const script = `exec 3<>/dev/tcp/::1/${port}`;
          const started = performance.now();
          const { status, stderr } = await host.run(["bash", "-c", script]);
          assertEquals(status, 1);
          assertStringIncludes(stderr, "Connection refused");
          assert(performance.now() - started < 1000);
        });
      }
      await t.step("or answered by a program of the host", async () => {
        const sockets = [at("::1", 8080), at("::1", 8081)];
        await serve(host, host, { name: "host", sockets });
        for (const socket of sockets) {
          assertEquals(await ask(host, socket), "host ::1");
        }
      });
    },
    { needs: [...NEEDS.needs, "bash"] },
  );
}
