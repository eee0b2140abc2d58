/**
 * The sample plugin: the smallest one that does all that a chained plugin
 * must, to start your own from. See `docs/plugins/sample.md`.
 *
 * @module
 */
export { sample } from "./sample.ts";
