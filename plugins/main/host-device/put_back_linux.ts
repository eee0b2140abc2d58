import {
  hostNetnsWord,
  inSandbox,
  type Link,
  parseLinks,
  parseShown,
  reasonOf,
  removeByForce,
  type Run,
} from "../../../lib/linux/mod.ts";
import { type Destination, restoreLines } from "./steps.ts";

/**
 * Moves a link back to the host, if it has left, and makes it what it was. The
 * kernel moves it first and names it then, so it may have left under its name
 * in the host.
 */
export async function putBack(
  link: Link,
  { netns, ifname }: Destination,
  run: Run,
): Promise<void> {
  const names = (await findMoved(link, netns, run))
    .filter((name) => name === ifname || name === link.name);
  const host = names.length === 0 ? "" : await hostNetnsWord(run);
  const lines = names.map((name) => [
    ...["link", "set", "dev", name, "name", link.name, "netns", host],
  ]);
  const faults = lines.length === 0
    ? []
    : [await removeByForce(lines, { program: "ip", run, netns })];
  for (const args of restoreLines(link)) {
    const { status, stderr } = await run({ program: "ip", args });
    if (status === 0 || /File exists|already assigned/.test(stderr)) continue;
    faults.push(reasonOf(stderr) || `exit status ${status}`);
  }
  const text = faults.filter((fault) => fault !== "").join("; ");
  if (text !== "") throw new Error(`"${link.name}": ${text}`);
}

/** The names in the container of what has the alias that the move gives. */
async function findMoved(
  { name, mac }: Link,
  netns: string,
  run: Run,
): Promise<readonly string[]> {
  const command = { program: "ip", args: ["-j", "link", "show"] };
  const { stdout } = await run(inSandbox(command, netns));
  return parseShown(stdout).flatMap(parseLinks)
    .filter((link) => link.alias === name && link.mac === mac)
    .map((link) => link.name);
}
