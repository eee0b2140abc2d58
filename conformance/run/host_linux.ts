import {
  type ChildCommand,
  type ChildOutput,
  killGroup,
  runChild,
} from "./child.ts";

/**
 * A host of its own: network and mount namespace of a process that waits. When
 * that process ends, all of it is gone, however this program ended.
 */
export interface Host extends AsyncDisposable {
  /** Runs a program in it. */
  run(command: ChildCommand): Promise<ChildOutput>;
  /** Runs a program in one of the network namespaces that it has made. */
  runIn(netns: string, command: ChildCommand): Promise<ChildOutput>;
}

/**
 * The folders that plugins keep their state in are empty and private, but for
 * the scratch folder ($1). Duplicate addresses are not looked for, since that
 * changes an address's flags a second after it was set.
 */
const PREPARE = `
mkdir -p /run/netns /run/cni /var/lib/cni
mount -t tmpfs cni /run/netns
mkdir /run/netns/.keep
mount --bind "$1" /run/netns/.keep
mount -t tmpfs cni /run/cni
mount -t tmpfs cni /var/lib/cni
mkdir -p "$1"
mount --bind /run/netns/.keep "$1"
umount /run/netns/.keep
rmdir /run/netns/.keep
mount -t sysfs cni /sys
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
 * @param scratchDir A folder that is seen under its path inside too.
 * @throws {Error} If it cannot be made; the message is what the system says.
 */
export async function openHost(scratchDir: string): Promise<Host> {
  const child = new Deno.Command("unshare", {
    args: [
      ...["--net", "--mount", "--", "sh", "-ec", PREPARE, "sh", scratchDir],
    ],
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
  if (value === undefined) {
    const stderr = await new Response(child.stderr).text();
    await child.status;
    await child.stdin.close().catch(() => {});
    throw new Error(stderr.trim() || "unshare ended without a word");
  }
  const enter = ["nsenter", `--target=${child.pid}`, "--mount"];
  return {
    run: (command) =>
      runChild({
        ...command,
        words: [...enter, "--net", "--", ...command.words],
      }),
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
