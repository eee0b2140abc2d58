import { quote, runCommand } from "../lib/linux/mod.ts";

/** The programs that plugins start, directly or by a shell. */
const PROGRAMS = [
  ...["sh", "ip", "bridge", "tc", "nsenter", "unshare", "runcon", "nft"],
  ...["iptables", "iptables-restore", "iptables-save"],
  ...["ip6tables", "ip6tables-restore", "ip6tables-save"],
  ...["conntrack", "dbus-send", "stat"],
];

/** How long an answer holds: programs may be installed meanwhile. */
const FRESH_MS = 10_000;

/** How many values of `PATH` are remembered. */
const MAX_KNOWN = 64;

/**
 * Tells whether a caller's `PATH` finds the same programs as the daemon's own:
 * else its call would not do what the program itself does.
 */
export class SearchPaths {
  readonly #own: string;
  readonly #known = new Map<string, { found: string; untilMs: number }>();

  /** @param own The daemon's own `PATH`. */
  constructor(own: string) {
    this.#own = own;
  }

  /** Whether `searchPath` is as good as the daemon's own. */
  async isSame(searchPath: string): Promise<boolean> {
    if (searchPath === this.#own) return true;
    // An entry that is not absolute depends on the working folder.
    if (!searchPath.split(":").every((one) => one.startsWith("/"))) {
      return searchPath === "";
    }
    const [own, other] = await Promise.all([
      this.#find(this.#own),
      this.#find(searchPath),
    ]);
    return own === other;
  }

  async #find(searchPath: string): Promise<string> {
    const known = this.#known.get(searchPath);
    const nowMs = performance.now();
    if (known !== undefined && known.untilMs > nowMs) return known.found;
    const stdin = `PATH=${quote(searchPath)}:$PATH\n` +
      `for one in ${PROGRAMS.join(" ")}; do command -v $one; done\n:\n`;
    const { stdout } = await runCommand({ program: "sh", args: ["-s"], stdin });
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    const untilMs = nowMs + FRESH_MS;
    this.#known.set(searchPath, { found: stdout, untilMs });
    return stdout;
  }
}
