import {
  type Link,
  reasonOf,
  removeByForce,
  type Run,
} from "../../../lib/linux/mod.ts";
import { type Destination, restoreLines } from "./steps.ts";

/** Moves a link back to the host, if it has left, and makes it what it was. */
export async function putBack(
  link: Link,
  { netns, ifname }: Destination,
  run: Run,
): Promise<void> {
  const words = ["link", "set", "dev", ifname, "name", link.name];
  const lines = [[...words, "netns", `${Deno.pid}`]];
  const faults = [await removeByForce(lines, { program: "ip", run, netns })];
  for (const args of restoreLines(link)) {
    const { status, stderr } = await run({ program: "ip", args });
    if (status === 0 || /File exists|already assigned/.test(stderr)) continue;
    faults.push(reasonOf(stderr) || `exit status ${status}`);
  }
  const text = faults.filter((fault) => fault !== "").join("; ");
  if (text !== "") throw new Error(`"${link.name}": ${text}`);
}
