/**
 * CNI for TypeScript programs: attach containers to networks as a runtime
 * does, write plugins, and work with the specification's data.
 *
 * This entry has what most programs need to attach containers. The others go
 * further:
 *
 * | entry                  | for whom                                           |
 * | ---------------------- | -------------------------------------------------- |
 * | `@cni/toolkit/runtime` | runtimes: all that Go calls libcni                 |
 * | `@cni/toolkit/plugin`  | authors of plugins                                 |
 * | `@cni/toolkit/spec`    | programs that read and write the data of CNI       |
 *
 * A type is the same whichever entry it comes from.
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
export {
  type AddOptions,
  type Attachment,
  loadNetwork,
  type LoadOptions,
  type NetworkConfig,
  type NetworkPlugin,
  type OperationOptions,
  Runtime,
  type RuntimeOptions,
} from "./lib/runtime/mod.ts";
export {
  CniCode,
  CniError,
  type CniErrorOptions,
  type Dns,
  type Interface,
  type IpConfig,
  type Json,
  type JsonObject,
  type Result,
  type Route,
} from "./lib/spec/mod.ts";
