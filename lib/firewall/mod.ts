/**
 * Transactions of iptables and nftables, and masquerade by them.
 *
 * The files without `_linux` in their name only compute and run anywhere.
 *
 * @module
 */
export * from "./commit_linux.ts";
export * from "./firewall_error.ts";
export * from "./iptables.ts";
export * from "./iptables_linux.ts";
export type {
  MasqueradeOptions,
  RemoveMasqueradeOptions,
} from "./iptables_masquerade_linux.ts";
export * from "./list_nft_linux.ts";
export * from "./masquerade.ts";
export * from "./masquerade_linux.ts";
export * from "./nft.ts";
export * from "./nft_linux.ts";
export * from "./recorder.ts";
export * from "./remove_iptables_linux.ts";
export * from "./update_nft_linux.ts";
