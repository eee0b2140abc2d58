/**
 * What the plugins that make an interface have in common: the keys that they
 * share, allocating by IPAM, the steps for the container's end, its removal and
 * its masquerade. What CHECK, GC, STATUS and plans need besides is in `compare`,
 * `collect`, `probe` and `planned`.
 *
 * @module
 */
export * from "./addresses.ts";
export * from "./await_link_up_linux.ts";
export * from "./container_link_linux.ts";
export * from "./container_mac.ts";
export * from "./interface/add_linux.ts";
export type * from "./interface/design.ts";
export * from "./interface/interface_plugin_linux.ts";
export type * from "./interface/kind.ts";
export * from "./interface_steps.ts";
export * from "./ipam.ts";
export * from "./ipam_key.ts";
export * from "./ipv6_mtu.ts";
export * from "./link_names.ts";
export * from "./masquerade_keys.ts";
export * from "./masquerade_linux.ts";
export * from "./own_dns.ts";
export * from "./settle_linux.ts";
export * from "./settled.ts";
export * from "./veth_mtu.ts";
export * from "./veth_step.ts";
