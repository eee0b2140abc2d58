import type { Contest, Side } from "../contest.ts";
import { type Contender, pluginRun, type Ring } from "../contender.ts";
import { bridgeConfig } from "./attachment.ts";

/** What flanneld writes; the subnet is that of the bridge network beside it. */
const SUBNET_ENV = `FLANNEL_NETWORK=10.213.0.0/16
FLANNEL_SUBNET=10.213.0.1/16
FLANNEL_MTU=1450
FLANNEL_IPMASQ=true
`;

/**
 * What flannel adds to the bridge that it delegates to. Debian has no flannel
 * plugin of the reference's.
 */
export function flannelContests({ ours }: Ring): readonly Contest[] {
  const config = flannelConfig(ours);
  const forced = { CNI_FORCE_EXEC: "1" };
  return [{
    title: "flannel → bridge → host-local",
    sides: [
      side(ours, { name: ours.name, config }),
      side(ours, { name: "ours, bridge alone", config: bridgeConfig(ours) }),
      side(ours, {
        name: "ours, a process for each plugin",
        config,
        env: forced,
      }),
    ],
  }];
}

function side(
  contender: Contender,
  { name, config, env = {} }: {
    readonly name: string;
    readonly config: Readonly<Record<string, unknown>>;
    readonly env?: Readonly<Record<string, string>>;
  },
): Side {
  const call = { plugin: String(config.type), config, env };
  return {
    name,
    acts: {
      ADD: [pluginRun(contender, { ...call, command: "ADD" })],
      DEL: [pluginRun(contender, { ...call, command: "DEL" })],
    },
  };
}

/**
 * A flannel network whose delegate is the same bridge network as that of
 * `bridgeConfig` without masquerade. Writes the subnet file.
 */
function flannelConfig(
  { bridge, dataDir }: Contender,
): Readonly<Record<string, unknown>> {
  const subnetFile = `${dataDir}/subnet.env`;
  Deno.writeTextFileSync(subnetFile, SUBNET_ENV);
  return {
    cniVersion: "1.0.0",
    name: `flannel-${bridge}`,
    type: "flannel",
    subnetFile,
    dataDir: `${dataDir}/flannel`,
    ipam: { dataDir },
    delegate: { bridge },
  };
}
