import { registryFor } from "../plugins/mod.ts";

/** The names that the program goes by on Linux, besides its own. */
export function appletNames(): readonly string[] {
  return ["cnitool", ...registryFor("linux").keys()].sort();
}
