import type { Host, Sandbox } from "./_host.ts";
import type { Any, PluginCall } from "./_plugin.ts";

/** A hardware address for an interface to get. */
export const MAC = "02:00:00:00:36:01";

/** Every attribute that can be asked for, each with another value than before. */
export const ATTRIBUTES = {
  mac: MAC,
  promisc: true,
  mtu: 1400,
  allmulti: true,
  txQLen: 500,
};

/** Kernel parameters with other values than before. */
export const SYSCTLS = {
  "net.core.somaxconn": "501",
  "net.ipv4.ip_local_port_range": "20000 50000",
  "net/ipv4/conf/IFNAME/arp_filter": "1",
};

/** A container whose `eth0` some plugin has made, and what that has told. */
export interface Tunable extends Sandbox {
  readonly prevResult: Any;
}

/** Makes a container with an interface that is up. */
export async function addTunable(host: Host): Promise<Tunable> {
  const sandbox = await host.addSandbox();
  await sandbox.ip("link add eth0 type veth peer name eth0-peer");
  await sandbox.ip("link set eth0-peer up");
  await sandbox.ip("link set eth0 up");
  const prevResult = {
    cniVersion: "1.0.0",
    interfaces: [
      { name: host.bridge, mac: "02:00:00:00:00:0b" },
      { name: "eth0", mac: "02:00:00:00:00:0c", sandbox: sandbox.path },
    ],
    ips: [{ address: "10.1.2.3/24", interface: 1 }],
  };
  return { ...sandbox, prevResult };
}

/** The folder of state of a host's own. */
export function tuningDirOf(host: Host): string {
  return `${host.dataDir}/tuning`;
}

/** A call with these keys. */
export function tuningCall(
  host: Host,
  sandbox: Tunable,
  keys: Readonly<Record<string, unknown>> = {},
): PluginCall & { readonly config: object } {
  const config = {
    cniVersion: "1.0.0",
    name: host.network,
    type: "tuning",
    dataDir: tuningDirOf(host),
    prevResult: sandbox.prevResult,
    ...keys,
  };
  return { config, sandbox };
}

/** What tuning may change in a container. */
export async function tunedStateOf(sandbox: Sandbox): Promise<Any> {
  const [link] = JSON.parse(await sandbox.ip("-j -d link show dev eth0"));
  const paths = [
    "net/core/somaxconn",
    "net/ipv4/ip_local_port_range",
    "net/ipv4/conf/eth0/arp_filter",
    "net/ipv4/conf/all/arp_filter",
  ].map((path) => `/proc/sys/${path}`);
  const values = await sandbox.must(["cat", ...paths]);
  return {
    mac: link.address,
    promisc: link.promiscuity !== 0,
    mtu: link.mtu,
    allmulti: link.flags.includes("ALLMULTI"),
    txQLen: link.txqlen ?? 0,
    sysctls: values.replaceAll("\t", " ").trim().split("\n"),
  };
}

/** The files of state, by name; notes and folders are left out. */
export function savedIn(host: Host): Record<string, string> {
  const folder = tuningDirOf(host);
  const found: Record<string, string> = {};
  try {
    for (const { name, isFile } of Deno.readDirSync(folder)) {
      if (isFile) found[name] = Deno.readTextFileSync(`${folder}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

/** The names of the notes that tell which network a file is of. */
export function notesIn(host: Host): readonly string[] {
  try {
    return [...Deno.readDirSync(`${tuningDirOf(host)}/.cni`)]
      .filter(({ isFile }) => isFile).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
