/**
 * The static plugin: hands out the addresses that the configuration or the
 * runtime names. See `docs/plugins/static.md`.
 *
 * @module
 */
export { staticIpam } from "./static.ts";
