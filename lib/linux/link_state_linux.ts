import { parseShown } from "./apply_linux.ts";
import { wordLines } from "./batch.ts";
import type { Run } from "./command.ts";
import { type Link, parseLinks } from "./link.ts";

/** The part of a {@linkcode Link} that can be read without a process. */
export type LinkState = Pick<Link, "name" | "mac" | "operState">;

/**
 * Reads the state of links in the host: from /sys by the shell's own means
 * where it shows this network namespace, else by `ip`.
 *
 * @param names The links' names.
 * @returns Those that are there.
 */
export async function readLinkStates(
  names: readonly string[],
  run: Run,
): Promise<readonly LinkState[]> {
  const stdin = names.map(sysfsScript).join("");
  const { stdout } = await run({ program: "sh", args: ["-s"], stdin });
  const states = stdout.split("\n").filter((line) => line !== "").map(
    (line): LinkState => {
      const [name = "", mac = "", state = ""] = line.split(" ");
      return { name, mac, operState: state.toUpperCase() };
    },
  );
  // A namespace entered without a mount of its own has the /sys of another,
  // which lacks at least the link that was made just now.
  if (states.length === names.length) return states;
  const lines = names.map((name) => ["link", "show", "dev", name]);
  const args = ["-j", "-force", "-batch", "-"];
  const shown = await run({ program: "ip", args, stdin: wordLines(lines) });
  return parseShown(shown.stdout).flatMap(parseLinks);
}

function sysfsScript(name: string): string {
  const folder = `/sys/class/net/${name}`;
  return `{ read -r mac <'${folder}/address' && ` +
    `read -r state <'${folder}/operstate' && ` +
    `echo '${name}'" $mac $state"; } 2>/dev/null\n`;
}
