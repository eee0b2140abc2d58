import { assertEquals } from "@std/assert";
import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import {
  type Any,
  attachmentsOf,
  BIN,
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  kernelTest,
  linkNamesIn,
  mustCall,
  type PluginCall,
  REFERENCE_BIN,
  type Sandbox,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import {
  type Outcome,
  type OutcomeCall,
  outcomeOf,
  printedBy,
  resultIn,
} from "./_outcome.ts";

const REFERENCE = {
  needs: [
    `${REFERENCE_BIN}/bridge`,
    `${REFERENCE_BIN}/host-local`,
    ...["iptables", "ip6tables", "nft"],
  ],
};

/** Configurations that both must understand alike, over the defaults. */
const CONFIGS: Record<string, (host: Host) => Record<string, unknown>> = {
  "no gateway": () => ({}),
  "gateway": () => ({ isGateway: true }),
  "default gateway and masquerade": () => ({
    isDefaultGateway: true,
    ipMasq: true,
  }),
  "IPv6": (host) => ({
    isDefaultGateway: true,
    ipMasq: true,
    ipam: hostLocal(host, [SUBNET6]),
  }),
  "dual stack with routes": (host) => ({
    isGateway: true,
    ipMasq: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6], {
      routes: [
        { dst: "10.1.0.0/16" },
        { dst: "10.2.0.0/16", gw: "10.213.0.9" },
        { dst: "fd00:1::/64" },
        { dst: "0.0.0.0/0", gw: "10.213.0.1" },
      ],
    }),
  }),
  "keys in other letters": (host) => ({
    ISGATEWAY: true,
    IpMasq: true,
    MTU: 1400,
    HairpinMode: true,
    bridge: undefined,
    BRIDGE: host.bridge,
  }),
  "dns of its own": () => ({
    dns: { nameservers: ["10.0.0.9"], search: ["a.example", "b.example"] },
  }),
  "promiscuous": () => ({ promiscMode: true, isGateway: true, mtu: 1300 }),
  "hardware address": () => ({ runtimeConfig: { mac: "02:00:00:00:0a:0B" } }),
  "null means absent": () => ({ isGateway: null, mtu: null, dns: null }),
};

for (const [why, keysFor] of Object.entries(CONFIGS)) {
  kernelTest(`bridge: does what the reference does: ${why}`, async (host) => {
    const sandbox = await host.addSandbox();
    const config = bridgeConfig(host, keysFor(host));
    const [ours, theirs] = [
      await outcome(host, sandbox, { config, bin: BIN }),
      await outcome(host, sandbox, { config, bin: REFERENCE_BIN }),
    ];
    assertEquals(ours, theirs);
  }, REFERENCE);
}

kernelTest(
  "bridge: prints what the reference prints in every version",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    const keys = { isDefaultGateway: true, dns: { domain: "a.example" } };
    for (const cniVersion of SPEC_VERSIONS) {
      await t.step(cniVersion, async () => {
        const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
        const config = bridgeConfig(host, { ...keys, cniVersion, ipam });
        const ours = await printed(host, sandbox, { config, bin: BIN });
        // The newest version differs from the one before by its name only, and
        // Debian's reference does not know it yet.
        const known = cniVersion === "1.1.0" ? "1.0.0" : cniVersion;
        const theirs = await printed(host, sandbox, {
          config: { ...config, cniVersion: known },
          bin: REFERENCE_BIN,
        });
        const expected = theirs.replace(`"${known}"`, `"${cniVersion}"`);
        if (known !== "1.0.0") assertEquals(ours, expected);
        else assertEquals(resultIn(ours), resultIn(expected));
      });
    }
  },
  REFERENCE,
);

const DIRECTIONS = {
  "ADD by ours, DEL by the reference": [BIN, REFERENCE_BIN],
  "ADD by the reference, DEL by ours": [REFERENCE_BIN, BIN],
} as const;

for (const [why, [adder, remover]] of Object.entries(DIRECTIONS)) {
  kernelTest(`bridge: nothing is left over: ${why}`, async (host) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipMasq: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    });
    const sandboxes = [await host.addSandbox(), await host.addSandbox()];
    for (const sandbox of sandboxes) {
      await mustCall(host, "bridge", { config, sandbox, bin: adder });
    }
    for (const sandbox of sandboxes) {
      const call = { command: "DEL", config, sandbox, bin: remover };
      await mustCall(host, "bridge", call);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    }
    assertEquals(await attachmentsOf(host), before);
  }, REFERENCE);

  kernelTest(
    `bridge: CHECK holds across implementations: ${why}`,
    async (host) => {
      const config = bridgeConfig(host, { isDefaultGateway: true });
      const sandbox = await host.addSandbox();
      const add = { config, sandbox, bin: adder };
      const prevResult = await mustCall(host, "bridge", add);
      const check = { command: "CHECK", config: { ...config, prevResult } };
      await mustCall(host, "bridge", { ...check, sandbox, bin: remover });
    },
    REFERENCE,
  );
}

kernelTest(
  "bridge: both share a bridge, a range and its addresses",
  async (host) => {
    const config = bridgeConfig(host, { isDefaultGateway: true, ipMasq: true });
    const addresses: string[] = [];
    for (const bin of [BIN, REFERENCE_BIN, BIN, REFERENCE_BIN]) {
      const sandbox = await host.addSandbox();
      const { ips } = await mustCall(host, "bridge", { config, sandbox, bin });
      addresses.push(...ips.map(({ address }: Any) => address));
    }
    assertEquals(addresses, [2, 3, 4, 5].map((last) => `10.213.0.${last}/24`));
  },
  REFERENCE,
);

kernelTest(
  "bridge: delegation in the process and by exec have equal outcomes",
  async (host, t) => {
    const sandbox = await host.addSandbox();
    for (const [why, keysFor] of Object.entries(CONFIGS)) {
      await t.step(why, async () => {
        const config = bridgeConfig(host, keysFor(host));
        const env = { CNI_FORCE_EXEC: "1" };
        const [inside, outside] = [
          await outcome(host, sandbox, { config }),
          await outcome(host, sandbox, { config, env }),
        ];
        assertEquals(inside, outside);
      });
    }
    await t.step("an error of the IPAM plugin", async () => {
      const ipam = hostLocal(host, ["10.213.0.7/24"]);
      const call = { config: bridgeConfig(host, { ipam }), sandbox };
      const [inside, outside] = [
        await callPlugin(host, "bridge", call),
        await callPlugin(host, "bridge", {
          ...call,
          env: { CNI_FORCE_EXEC: "1" },
        }),
      ];
      assertEquals(inside, outside);
    });
  },
  { needs: ["iptables", "ip6tables"] },
);

/** What becomes of a call of bridge. */
function outcome(
  host: Host,
  sandbox: Sandbox,
  call: PluginCall,
): Promise<Outcome> {
  return outcomeOf(host, sandbox, bridgeCall(host, call));
}

function printed(
  host: Host,
  sandbox: Sandbox,
  call: PluginCall,
): Promise<string> {
  return printedBy(host, sandbox, bridgeCall(host, call));
}

function bridgeCall(host: Host, call: PluginCall): OutcomeCall {
  const cleanUp = () => host.ip(`link del ${host.bridge}`);
  return { ...call, plugin: "bridge", cleanUp };
}
