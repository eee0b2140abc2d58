import {
  type ChildCommand,
  type ChildOutput,
  killGroup,
  runChild,
} from "./child.ts";

import { startDaemon } from "./start_daemon_linux.ts";

/**
 * A host of its own: network and mount namespace of a process that waits. When
 * that process ends, all of it is gone, however this program ended.
 */
export interface Host extends AsyncDisposable {
  /** Runs a program in it. */
  run(command: ChildCommand): Promise<ChildOutput>;
  /** Runs a program in one of the network namespaces that it has made. */
  runIn(netns: string, command: ChildCommand): Promise<ChildOutput>;
  /** Starts a program in it that stays until it is disposed of. */
  start(command: ChildCommand): Promise<AsyncDisposable>;
}

/**
 * What is mounted, all by one process. The folders that plugins keep their
 * state in are empty and private, but for the scratch folder; `.keep` holds on
 * to that until its place is there, and is covered then.
 */
function mountsFor(scratchDir: string): string {
  return [
    "cni-keep /run/netns tmpfs defaults",
    `${scratchDir} /run/netns/.keep none bind,X-mount.mkdir`,
    "cni-run /run/cni tmpfs defaults",
    "cni-lib /var/lib/cni tmpfs defaults",
    `/run/netns/.keep ${scratchDir} none bind,X-mount.mkdir`,
    "cni-netns /run/netns tmpfs defaults",
    "cni-sys /sys sysfs defaults",
  ].map((line) => `${line} 0 0\n`).join("");
}

/**
 * $1 is the file of {@linkcode mountsFor}. Duplicate addresses are not looked
 * for, since that changes an address's flags a second after it was set.
 */
const PREPARE = `
mkdir -p /run/netns /run/cni /var/lib/cni
mount --all --fstab "$1" >&2
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_forward
if [ -e /proc/sys/net/ipv6/conf/all ]; then
  echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
  echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad
fi
echo ready
exec cat
`;

/**
 * Makes a {@linkcode Host}. Needs root, `unshare`, `nsenter`, `mount` and `ip`.
 *
 * @param scratchDir A folder, anywhere but in `/run/netns`, that is seen under
 * its path inside too.
 * @throws {Error} If it cannot be made; the message is what the system says.
 */
export async function openHost(scratchDir: string): Promise<Host> {
  const mounts = `${scratchDir}/.mounts`;
  await Deno.writeTextFile(mounts, mountsFor(scratchDir));
  const child = new Deno.Command("unshare", {
    args: ["--net", "--mount", "--", "sh", "-ec", PREPARE, "sh", mounts],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  }).spawn();
  const end = async () => {
    killGroup(child.pid);
    await Promise.all([
      child.status,
      child.stdin.close().catch(() => {}),
      child.stdout.cancel().catch(() => {}),
      child.stderr.cancel().catch(() => {}),
    ]);
  };
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  await Deno.remove(mounts);
  if (value === undefined) {
    const stderr = await new Response(child.stderr).text();
    await child.status;
    await child.stdin.close().catch(() => {});
    throw new Error(stderr.trim() || "unshare ended without a word");
  }
  const enter = ["nsenter", `--target=${child.pid}`, "--mount"];
  const inside = (command: ChildCommand) => ({
    ...command,
    words: [...enter, "--net", "--", ...command.words],
  });
  return {
    run: (command) => runChild(inside(command)),
    start: (command) => startDaemon(inside(command)),
    runIn: (netns, command) =>
      runChild({
        ...command,
        // The path is one of the other mount namespace: entered first.
        words: [
          ...[...enter, "--", "nsenter", `--net=${netns}`, "--"],
          ...command.words,
        ],
      }),
    [Symbol.asyncDispose]: end,
  };
}
