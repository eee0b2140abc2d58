/**
 * How CHECK compares what the kernel has with the result of the ADD.
 *
 * @module
 */
export * from "./result_linux.ts";
export * from "./routes_linux.ts";
