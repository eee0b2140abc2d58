import { assertEquals } from "@std/assert";
import type { Host, Sandbox } from "./_host.ts";
import {
  type Any,
  bridgeConfig,
  hostLocal,
  type PluginCall,
  SUBNET4,
  SUBNET6,
} from "./_plugin.ts";
import type { Resident } from "./_resident.ts";
import type { Output } from "./_run.ts";

/** A chain of plugins, called one by one as a runtime does. */
export interface ResidentChain {
  /** Calls ADD of each, and ends early if one fails; returns the last reply. */
  add(sandbox: Sandbox, more?: Partial<PluginCall>): Promise<Output>;
  /** Calls DEL of each, last first; each must succeed. */
  del(sandbox: Sandbox, more?: Partial<PluginCall>): Promise<void>;
}

/**
 * The chain bridge, with masquerade, portmap and firewall, on one bridge and
 * range, for IPv4 and IPv6. Container number N publishes port 20,000 + N.
 */
export function firewallChain(host: Host, resident: Resident): ResidentChain {
  const subnets = [SUBNET4, SUBNET6];
  const ipam = hostLocal(host, subnets);
  const keys = { cniVersion: "1.0.0", name: host.network };
  const results = new Map<string, Any>();
  const configsOf = (sandbox: Sandbox): readonly Any[] => {
    const number = Number(sandbox.containerId.split("-").at(-1));
    const portMappings = [
      { hostPort: 20_000 + number, containerPort: 80, protocol: "tcp" },
    ];
    return [
      bridgeConfig(host, { isGateway: true, ipMasq: true, ipam }),
      { ...keys, type: "portmap", runtimeConfig: { portMappings } },
      { ...keys, type: "firewall", backend: "iptables" },
    ];
  };
  const call = (config: Any, more: PluginCall) =>
    resident.call(config.type, { ...more, config });
  return {
    async add(sandbox, more) {
      results.delete(sandbox.containerId);
      let last: Output | undefined;
      for (const config of configsOf(sandbox)) {
        const prevResult = results.get(sandbox.containerId);
        const given = prevResult === undefined ? {} : { prevResult };
        const plugin = { ...config, ...given };
        last = await call(plugin, { config, sandbox, ...more });
        if (last.status !== 0) return last;
        results.set(sandbox.containerId, JSON.parse(last.stdout));
      }
      return last!;
    },
    async del(sandbox, more) {
      // As a runtime that has no result of an ADD that failed.
      const prevResult = results.get(sandbox.containerId);
      const given = prevResult === undefined ? {} : { prevResult };
      for (const config of configsOf(sandbox).toReversed()) {
        const { status, stdout, stderr } = await call(
          { ...config, ...given },
          { config, sandbox, ...more, command: "DEL" },
        );
        assertEquals({ status, stderr }, { status: 0, stderr: "" }, stdout);
      }
    },
  };
}
