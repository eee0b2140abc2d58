import { versionReply } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";

/** The names that the program goes by on Linux, besides its own. */
export function appletNames(): readonly string[] {
  return ["cnitool", ...registryFor("linux").keys()].sort();
}

/** What each plugin on Linux replies to VERSION, by its name. */
export async function versionReplies(): Promise<ReadonlyMap<string, string>> {
  const replies = new Map<string, string>();
  for (const [name, load] of registryFor("linux")) {
    replies.set(name, versionReply(await load()).stdout);
  }
  return replies;
}
