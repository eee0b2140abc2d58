/**
 * How V8 is to run the program, in both forms. A call lives for some
 * milliseconds:
 *
 * - `no-lazy`: functions are compiled when their file is loaded, so that the
 *   code cache holds all of them and a later call compiles nothing;
 * - `min-semi-space-size` (MiB): a call ends before the first collection.
 */
export const V8_FLAGS = "--v8-flags=--no-lazy,--min-semi-space-size=16";
