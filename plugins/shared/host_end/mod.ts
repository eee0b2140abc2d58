/**
 * How an attachment's end of a pair is found in the host, where the container's
 * end cannot be reached.
 *
 * @module
 */
export * from "./find_host_ends_linux.ts";
