/**
 * What end-to-end tests share: a host in a network namespace of its own,
 * containers, calls of the built plugins, and states that can be compared.
 *
 * @module
 */
export * from "./_conformance.ts";
export * from "./_faults.ts";
export * from "./_host.ts";
export * from "./_kernel_test.ts";
export * from "./_network.ts";
export * from "./_plugin.ts";
export * from "./_portmap.ts";
export * from "./_portmap_server.ts";
export * from "./_requirements.ts";
export * from "./_resident.ts";
export * from "./_run.ts";
export * from "./_state.ts";
export * from "./_terminal.ts";
export * from "./_tool.ts";
export * from "./_traffic.ts";
