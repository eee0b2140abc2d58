import { addNetns } from "../contender.ts";
import { runProgram } from "../measure.ts";
import { makeCpuGroup } from "./cpu_group.ts";
import type { NodeOptions } from "./node.ts";

/** How many places this process has made. */
let count = 0;

/**
 * Makes a place for a node: a network namespace, a folder and a group of
 * processes.
 */
export async function makePlace(
  cleanup: AsyncDisposableStack,
): Promise<Pick<NodeOptions, "folder" | "netns" | "group">> {
  const suffix = `node${++count}`;
  const folder = await Deno.makeTempDir({ prefix: "cni-bench-" });
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const netns = await addNetns(suffix, cleanup);
  const up = ["ip", "link", "set", "lo", "up"];
  await runProgram({ words: ["nsenter", `--net=${netns}`, "--", ...up] });
  const group = cleanup.use(
    await makeCpuGroup(`cni-bench-${Deno.pid}-${suffix}`),
  );
  return { folder, netns, group };
}
