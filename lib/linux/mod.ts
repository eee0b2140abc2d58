/**
 * All that touches a Linux kernel: steps for `ip` and for kernel parameters,
 * in the host's and the container's network namespace, with their undo; links
 * as the kernel reports them; masquerade by iptables and nftables.
 *
 * The files without `_linux` in their name only compute and run anywhere.
 *
 * @module
 */
export * from "./apply_linux.ts";
export { inSandbox, reasonOf, wordLines } from "./batch.ts";
export * from "./command.ts";
export {
  isIptablesUsable,
  type MasqueradeOptions,
  type RemoveMasqueradeOptions,
} from "./iptables_masquerade_linux.ts";
export * from "./link.ts";
export * from "./link_state_linux.ts";
export * from "./list_nft_linux.ts";
export * from "./masquerade.ts";
export * from "./masquerade_linux.ts";
export { isNftablesUsable } from "./nftables_masquerade_linux.ts";
export * from "./read_link_linux.ts";
export * from "./recorder.ts";
export * from "./sandbox_linux.ts";
export { Shells } from "./shells_linux.ts";
export * from "./step.ts";
export * from "./step_text.ts";
export * from "./undo.ts";
