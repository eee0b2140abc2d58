/**
 * How V8 is to run the program, in both forms. A call lives for some
 * milliseconds:
 *
 * - `no-lazy`: functions are compiled when their file is loaded, so that the
 *   code cache holds all of them and a later call compiles nothing;
 * - `single-threaded`: no threads are started for collecting garbage and for
 *   optimising, to which no call lives long enough to get.
 */
export const V8_FLAGS = "--v8-flags=--no-lazy,--single-threaded";

/**
 * How a daemon differs, in the portable form. It lives for weeks, so memory
 * counts more than the start: only what is called is compiled, and the heap
 * stays small. Compiled code is not kept: what other flags have made would push
 * the plugins' own out of their cache.
 */
export const DAEMON_V8_FLAGS: readonly string[] = [
  "--no-code-cache",
  "--v8-flags=--lazy,--optimize-for-size,--max-semi-space-size=1",
];
