import { quote } from "../lib/linux/mod.ts";
import type { Targets } from "./targets.ts";
import type { Words } from "../terminal/mod.ts";

/** The command line that takes an add back, as one would type it. */
export function undoCommand(
  { netns, targets }: Targets,
  words: Words,
  isCreated: boolean,
): string {
  const names = targets.map(({ network }) => network.name);
  const config = words.value("config");
  const flagged = config === undefined
    ? names.length === 1 ? names : flags("--network", names)
    : [...flags("--network", names.slice(0, -1)), "--config", config];
  const ifnames = targets.map(({ attachment }) => attachment.ifname);
  const isDefault = ifnames.every((name, index) => name === `eth${index}`);
  const where = netns.name !== undefined && netns.path.startsWith("/run/")
    ? netns.name
    : netns.path;
  const command = [
    ...["cni", "tool", "del", ...flagged, where],
    ...(isDefault ? [] : flags("--ifname", ifnames)),
  ].map(quote).join(" ");
  return isCreated && netns.name !== undefined
    ? `${command} && ip netns delete ${quote(netns.name)}`
    : command;
}

function flags(flag: string, values: readonly string[]): readonly string[] {
  return values.flatMap((value) => [flag, value]);
}
