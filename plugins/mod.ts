/**
 * The registry of all plugins, a list for each system.
 *
 * @module
 */
import type { Plugin, Registry } from "../lib/plugin/mod.ts";

/** A plugin's name and what imports it. */
type Entry = readonly [string, () => Promise<Plugin>];

/** Plugins that run on every system. */
const EVERYWHERE: readonly Entry[] = [
  ["flannel", async () => (await import("./meta/flannel/mod.ts")).flannel],
  [
    "host-local",
    async () => (await import("./ipam/host-local/mod.ts")).hostLocal,
  ],
  ["sample", async () => (await import("./meta/sample/mod.ts")).sample],
  ["static", async () => (await import("./ipam/static/mod.ts")).staticIpam],
];

/** Plugins that need a Linux kernel; `linux_only.txt` lists their folders. */
const LINUX_ONLY: readonly Entry[] = [
  [
    "bandwidth",
    async () => (await import("./meta/bandwidth/mod.ts")).bandwidth,
  ],
  ["bridge", async () => (await import("./main/bridge/mod.ts")).bridge],
  ["dummy", async () => (await import("./main/dummy/mod.ts")).dummy],
  ["firewall", async () => (await import("./meta/firewall/mod.ts")).firewall],
  [
    "host-device",
    async () => (await import("./main/host-device/mod.ts")).hostDevice,
  ],
  ["loopback", async () => (await import("./main/loopback/mod.ts")).loopback],
  ["macvlan", async () => (await import("./main/macvlan/mod.ts")).macvlan],
  ["ptp", async () => (await import("./main/ptp/mod.ts")).ptp],
  ["tap", async () => (await import("./main/tap/mod.ts")).tap],
  ["tuning", async () => (await import("./meta/tuning/mod.ts")).tuning],
  ["sbr", async () => (await import("./meta/sbr/mod.ts")).sbr],
  ["portmap", async () => (await import("./meta/portmap/mod.ts")).portmap],
];

/** The plugins that exist on a system, by name. */
export function registryFor(os: "linux" | "windows"): Registry {
  return new Map(os === "linux" ? [...EVERYWHERE, ...LINUX_ONLY] : EVERYWHERE);
}
