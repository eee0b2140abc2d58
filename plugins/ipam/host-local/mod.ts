/**
 * The host-local plugin: addresses from ranges, accounted for on this host.
 * See `docs/plugins/host-local.md`.
 *
 * @module
 */
export { hostLocal } from "./host_local.ts";
