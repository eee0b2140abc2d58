/**
 * DELs of one container at the same time, as a runtime that repeats a DEL makes
 * them: none finds that a chain which it was about to remove is gone.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  callPlugin,
  type Host,
  hostLocal,
  kernelTest,
  legacyPath,
  linkNamesIn,
  mustCall,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";
import { ptpConfig } from "./_ptp.ts";

/** The containers of a test, one after the other, and the DELs of each. */
const CONTAINERS = 12;
const DELS = 3;

type ConfigFor = (
  host: Host,
  keys: Readonly<Record<string, unknown>>,
) => object;

const CONFIGS: Record<string, ConfigFor> = {
  bridge: (host, keys) =>
    bridgeConfig(host, {
      ...{ ipMasq: true, ipam: hostLocal(host, [SUBNET4, SUBNET6]) },
      ...keys,
    }),
  ptp: ptpConfig,
};

/** Kinds of masquerade, by the backend and the programs that it needs. */
const KINDS: Record<string, { backend: string; needs: readonly string[] }> = {
  nftables: { backend: "nftables", needs: ["nft"] },
  iptables: { backend: "iptables", needs: ["iptables", "ip6tables"] },
  legacy: {
    backend: "iptables",
    needs: ["iptables-legacy", "ip6tables-legacy"],
  },
};

for (const [plugin, configFor] of Object.entries(CONFIGS)) {
  for (const [kind, { backend, needs }] of Object.entries(KINDS)) {
    kernelTest(
      `${plugin}: DELs at a time do not hinder each other: ${kind}`,
      async (host) => {
        const env = kind === "legacy" ? { PATH: await legacyPath(host) } : {};
        const config = configFor(host, { ipMasqBackend: backend });
        const sandbox = await host.addSandbox();
        const call = { config, sandbox, env };
        // What attachments share, such as empty tables, stays.
        await mustCall(host, plugin, call);
        await mustCall(host, plugin, { ...call, command: "DEL" });
        const before = await attachmentsOf(host);
        for (let round = 0; round < CONTAINERS; round++) {
          await mustCall(host, plugin, call);
          const dels = Array.from(
            { length: DELS },
            () => callPlugin(host, plugin, { ...call, command: "DEL" }),
          );
          for (const { status, stdout, stderr } of await Promise.all(dels)) {
            assertEquals({ status, stdout, stderr }, {
              ...{ status: 0, stdout: "", stderr: "" },
            });
          }
          assertEquals(await attachmentsOf(host), before);
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
        }
      },
      { needs },
    );
  }
}
