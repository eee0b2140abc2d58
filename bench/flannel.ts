import type { Contender } from "./plugins.ts";

/** What flanneld writes; the subnet is that of the bridge network beside it. */
const SUBNET_ENV = `FLANNEL_NETWORK=10.213.0.0/16
FLANNEL_SUBNET=10.213.0.1/16
FLANNEL_MTU=1450
FLANNEL_IPMASQ=true
`;

/**
 * A flannel network whose delegate is the same bridge network as that of
 * `bridgeConfig` without masquerade. Writes the subnet file.
 */
export function flannelConfig({ bridge, dataDir }: Contender): unknown {
  Deno.mkdirSync(dataDir, { recursive: true });
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
