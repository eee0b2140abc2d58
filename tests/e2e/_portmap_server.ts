import type { Host, Sandbox } from "./_host.ts";
import { addressesIn } from "./_network.ts";
import {
  type Any,
  bridgeConfig,
  hostLocal,
  mustCall,
  SUBNET4,
  SUBNET6,
} from "./_plugin.ts";
import { serve, type Socket } from "./_traffic.ts";

/** The addresses of the host that {@linkcode addOutside} gives it. */
export const HOST_ADDRESSES: readonly string[] = [
  "192.0.2.1",
  "2001:db8:ffff::1",
];

/** A container on the test's bridge with servers on port 80. */
export interface Server {
  readonly name: string;
  readonly sandbox: Sandbox;
  /** What the bridge plugin has returned. */
  readonly result: Any;
}

/** Attaches a container with servers that answer with its name. */
export async function addServer(
  host: Host,
  name: string,
  keys: Readonly<Record<string, unknown>> = {},
): Promise<Server> {
  const sandbox = await host.addSandbox();
  await sandbox.ip("link set lo up");
  const config = bridgeConfig(host, {
    isDefaultGateway: true,
    // What the container sends to itself leaves the bridge where it came in.
    hairpinMode: true,
    ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    ...keys,
  });
  const result = await mustCall(host, "bridge", { config, sandbox });
  const sockets = socketsAt(addressesIn(result), 80);
  await serve(host, sandbox, { name, sockets });
  return { name, sandbox, result };
}

/** A configuration of portmap for a server. */
export function portmapConfigFor(
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

/** A socket of TCP and one of UDP for each address. */
export function socketsAt(
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
