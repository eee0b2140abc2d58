import { assertEquals } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  hostLocal,
  kernelTest,
  mustCall,
  mustPing,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** Times after the start at which a call is killed, in milliseconds. */
const MOMENTS_MS = Array.from({ length: 36 }, (_, i) => 14 + i);

/** What is asked for: each leaves something else behind when killed. */
const CONFIGS: Record<string, Readonly<Record<string, unknown>>> = {
  "masquerade by iptables": { ipMasq: true, isDefaultGateway: true },
  "masquerade by nftables, spoof check": {
    ipMasq: true,
    ipMasqBackend: "nftables",
    isGateway: true,
    macspoofchk: true,
  },
};

for (const [why, keys] of Object.entries(CONFIGS)) {
  kernelTest(
    `bridge: an ADD that is killed at any moment is mended by DEL: ${why}`,
    async (host) => {
      const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
      const config = bridgeConfig(host, { ...keys, ipam });
      const sandbox = await host.addSandbox();
      // The bridge and the folders stay: made before, they are not counted.
      await mustCall(host, "bridge", { config, sandbox });
      await mustCall(host, "bridge", { command: "DEL", config, sandbox });
      const before = await attachmentsOf(host);
      let killed = 0;
      for (const momentMs of MOMENTS_MS) {
        // The whole process group, as when a node's service is stopped.
        const wrapper = ["timeout", "-s", "KILL", `${momentMs / 1000}`];
        const end = await callPlugin(host, "bridge", {
          config,
          sandbox,
          wrapper,
        });
        if (end.status !== 0) killed++;
        await mustCall(host, "bridge", { command: "DEL", config, sandbox });
        assertEquals(await attachmentsOf(host), before, `after ${momentMs} ms`);
      }
      // On a machine of any speed the first ones come too early to succeed.
      assertEquals(killed > 0, true);
      await mustCall(host, "bridge", { config, sandbox });
      await mustPing(sandbox, "10.213.0.1");
    },
    { needs: ["iptables", "ip6tables", "nft", "timeout"] },
  );
}

kernelTest(
  "bridge: a DEL that is killed at any moment is mended by another",
  async (host) => {
    const config = bridgeConfig(host, { ipMasq: true, isGateway: true });
    const sandbox = await host.addSandbox();
    await mustCall(host, "bridge", { config, sandbox });
    await mustCall(host, "bridge", { command: "DEL", config, sandbox });
    const before = await attachmentsOf(host);
    for (const momentMs of MOMENTS_MS.filter((ms) => ms % 3 === 0)) {
      await mustCall(host, "bridge", { config, sandbox });
      const wrapper = ["timeout", "-s", "KILL", `${momentMs / 1000}`];
      const del = { command: "DEL", config, sandbox };
      await callPlugin(host, "bridge", { ...del, wrapper });
      await mustCall(host, "bridge", del);
      assertEquals(await attachmentsOf(host), before, `after ${momentMs} ms`);
    }
  },
  { needs: ["iptables", "ip6tables", "timeout"] },
);
