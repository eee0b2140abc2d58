import type { Contest } from "../contest.ts";
import { type Contender, pluginRun, type Ring } from "../contender.ts";

/** VERSION is nothing but start-up: the floor is an empty program. */
export async function versionContests(
  { ours, reference, cleanup }: Ring,
): Promise<readonly Contest[]> {
  const empty = await Deno.makeTempFile({ suffix: ".js" });
  cleanup.defer(() => Deno.remove(empty));
  const bare = ["run", "--quiet", "--no-config", "--no-lock", empty];
  const side = (contender: Contender) => ({
    name: contender.name,
    acts: {
      VERSION: [
        pluginRun(contender, {
          plugin: "bridge",
          command: "VERSION",
          config: {},
        }),
      ],
    },
  });
  const floor = {
    name: "deno run of an empty file",
    acts: { VERSION: [{ words: [Deno.execPath(), ...bare] }] },
  };
  return [{
    title: "",
    sides: [side(ours), floor, side(reference)],
    units: ["ms", "ms CPU", "MiB"],
  }];
}
