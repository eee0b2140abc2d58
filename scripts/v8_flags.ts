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
