import type { Profile, StageNetns } from "../suite/mod.ts";
import { runChild } from "./child.ts";

/** Something that the suite needs and this machine lacks. */
export class RequirementError extends Error {
  override readonly name = "RequirementError";
}

/** Programs that the suite runs, and the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  find: "findutils",
  ip: "iproute2",
  mount: "mount",
  nsenter: "util-linux",
  unshare: "util-linux",
};

/** Prints those of its arguments that are no programs. */
const FIND_MISSING = `for one; do
  command -v -- "$one" >/dev/null || echo "$one"
done`;

/**
 * Prints those of its arguments that are no kinds of links here. Some kinds
 * stand on another link, or need a number.
 */
const FIND_UNKNOWN = `ip link add base type veth peer name other
for kind; do
  case $kind in
  vlan) set -- link base name probe type vlan id 5 ;;
  macvlan | ipvlan) set -- link base name probe type "$kind" ;;
  vrf) set -- name probe type vrf table 10 ;;
  vxlan) set -- name probe type vxlan id 5 dstport 4789 ;;
  *) set -- name probe type "$kind" ;;
  esac
  if ip link add "$@" 2>/dev/null; then ip link del probe; else echo "$kind"; fi
done
ip link del base`;

/**
 * Sees to it that this is Linux, that we are root, and that all programs are
 * there.
 *
 * @throws {RequirementError} If not; the message has the remedy.
 */
export async function checkRequirements(): Promise<void> {
  if (Deno.build.os !== "linux") {
    throw new RequirementError(
      "Cannot run plugins here: network namespaces need Linux",
    );
  }
  const { stdout: uid } = await runChild({ words: ["id", "-u"] });
  if (uid.trim() !== "0") {
    throw new RequirementError(
      "Cannot make network namespaces: run it as root, such as by sudo",
    );
  }
  const { stdout } = await runChild({
    words: ["sh", "-c", FIND_MISSING, "sh", ...Object.keys(PROGRAMS)],
  });
  const missing = linesOf(stdout);
  if (missing.length === 0) return;
  const packages = new Set(missing.map((one) => PROGRAMS[one] ?? one));
  throw new RequirementError(
    `Cannot find ${missing.join(", ")}: install the Debian packages ` +
      [...packages].join(" "),
  );
}

/**
 * What a profile needs and this machine lacks; `undefined` if nothing.
 *
 * @param host Where links are tried.
 */
export async function lackOf(
  { needs: { programs = [], links = [] } = {} }: Pick<Profile, "needs">,
  host: StageNetns,
): Promise<string | undefined> {
  if (programs.length > 0) {
    const words = ["sh", "-c", FIND_MISSING, "sh", ...programs];
    const missing = linesOf((await host.run(words)).stdout);
    if (missing.length > 0) return `not installed: ${missing.join(", ")}`;
  }
  if (links.length === 0) return undefined;
  const words = ["sh", "-c", FIND_UNKNOWN, "sh", ...links];
  const unknown = linesOf((await host.run(words)).stdout);
  return unknown.length === 0
    ? undefined
    : `the kernel has no links of kind ${unknown.join(", ")}`;
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
