/**
 * What plugins share for CHECK, GC, STATUS and plans. It has a door of its own
 * so that ADD and DEL do not load it.
 *
 * @module
 */
export * from "./check_linux.ts";
export * from "./check_routes_linux.ts";
export * from "./gc_linux.ts";
export * from "./planned_acts.ts";
export * from "./status_linux.ts";
