/**
 * The flannel plugin: hands the subnet that flanneld leased for this node to
 * another plugin, which does the work. See `docs/plugins/flannel.md`.
 *
 * @module
 */
export { flannel } from "./flannel.ts";
