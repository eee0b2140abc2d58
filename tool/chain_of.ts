import type { NetworkConfig, NetworkPlugin } from "../lib/runtime/mod.ts";
import { isJsonObject } from "../lib/spec/mod.ts";

/** A network's plugins in a line: `bridge (host-local) → portmap`. */
export function chainText({ plugins }: NetworkConfig): string {
  return plugins.map((plugin) => {
    const ipam = ipamTypeOf(plugin);
    return ipam === undefined ? plugin.type : `${plugin.type} (${ipam})`;
  }).join(" → ");
}

/** The IPAM plugin that a plugin delegates to, if it names one. */
export function ipamTypeOf({ raw }: NetworkPlugin): string | undefined {
  const type = isJsonObject(raw.ipam) ? raw.ipam.type : undefined;
  return typeof type === "string" && type !== "" ? type : undefined;
}
