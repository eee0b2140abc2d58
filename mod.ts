/**
 * CNI for TypeScript programs: attach containers to networks as a runtime
 * does, write plugins, and work with the specification's data.
 *
 * - {@linkcode Runtime} and {@linkcode loadNetwork} are the runtime's side,
 *   what Go calls libcni.
 * - {@linkcode definePlugin} and {@linkcode runPlugin} are the plugin author's.
 * - {@linkcode createContext} and {@linkcode execPlugin} call plugins.
 * - {@linkcode parseResult}, {@linkcode resultToJson} and the types around
 *   them are the specification as data, in every version.
 *
 * @example Attach a network namespace, and detach it
 * ```ts ignore
 * import { loadNetwork, Runtime } from "@cni/toolkit";
 * const runtime = new Runtime({ path: ["/opt/cni/bin"] });
 * const network = loadNetwork("/etc/cni/net.d", "net1");
 * const attachment = {
 *   containerId: "c1",
 *   netns: "/run/netns/c1",
 *   ifname: "eth0",
 * };
 * const { result } = await runtime.add(network, attachment);
 * console.log(result.ips);
 * await runtime.del(network, attachment);
 * ```
 *
 * @module
 */
export * from "./lib/net/mod.ts";
export * from "./lib/spec/mod.ts";
export * from "./lib/plugin/mod.ts";
export * from "./lib/invoke/mod.ts";
export * from "./lib/runtime/mod.ts";
export { startTrace, type TraceSink } from "./lib/trace/mod.ts";
