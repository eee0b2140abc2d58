/**
 * The reference's dhcp plugin, its daemon and a real server as IPAM of our
 * plugins: it looks for the interface in the container, sends from there, and
 * needs it once more to release.
 *
 * ptp is left out: the server would have to be the host's end of the pair,
 * which has no address before IPAM has answered.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  type Any,
  attachmentsOf,
  BIN,
  bridgeConfig,
  type Host,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  mustPing,
  type Netns,
  REFERENCE_BIN,
} from "./_harness.ts";
import { addWire, macvlanConfig } from "./_macvlan.ts";

/** Where `dhcp` may be: the newest reference first. */
const FOLDERS = [
  Deno.env.get("REFERENCE_DIR") ?? "",
  new URL("../../.tools/reference/usr/lib/cni", import.meta.url).pathname,
  REFERENCE_BIN,
];

const DHCP_BIN = FOLDERS.find(hasDhcp) ?? REFERENCE_BIN;

function hasDhcp(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/dhcp`).isFile;
  } catch {
    return false;
  }
}

/** The address of the server, and of the gateway that it names. */
const SERVER = "10.213.0.2";
const GATEWAY = "10.213.0.1";

/** A server of DHCP, by what it has done. */
interface Server {
  /** The addresses that it has leased out, and not got back. */
  leases(): Promise<readonly string[]>;
  /** The addresses that clients have sent back. */
  released(): Promise<readonly string[]>;
}

/** Starts a program in a namespace, which ends with the test. */
function start(host: Host, netns: Netns, words: readonly string[]): void {
  const child = new Deno.Command("nsenter", {
    args: [`--net=${netns.path}`, "--", ...words],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  host.defer(async () => {
    child.kill();
    await child.status;
  });
}

/** Starts dnsmasq on a link of a namespace. */
async function startServer(
  host: Host,
  netns: Netns,
  link: string,
): Promise<Server> {
  const folder = `${host.scratchDir}/dnsmasq`;
  await Deno.mkdir(folder);
  await acceptReleases(netns);
  const [leaseFile, log] = [`${folder}/leases`, `${folder}/log`];
  start(host, netns, [
    ...["dnsmasq", "--conf-file=/dev/null", "--keep-in-foreground"],
    ...["--user=root", "--port=0", `--pid-file=${folder}/pid`, "--no-ping"],
    ...[`--interface=${link}`, "--bind-interfaces", "--dhcp-authoritative"],
    ...["--dhcp-range=10.213.0.50,10.213.0.150,255.255.255.0,1h"],
    ...[`--dhcp-option=option:router,${GATEWAY}`],
    ...[`--dhcp-leasefile=${leaseFile}`, `--log-facility=${log}`],
  ]);
  await appears(leaseFile);
  return {
    leases: async () =>
      linesOf(await Deno.readTextFile(leaseFile))
        .map((line) => line.split(" ")[2]!),
    released: async () =>
      (await Deno.readTextFile(log))
        .matchAll(/DHCPRELEASE\(\S+\) (\S+)/g)
        .map(([, address]) => address!).toArray(),
  };
}

/** Starts the reference's daemon; returns its socket. */
async function startClient(host: Host): Promise<string> {
  const socket = `${host.scratchDir}/dhcp.sock`;
  const words = ["daemon", "-socketpath", socket, "-timeout", "3s"];
  start(host, host, [`${DHCP_BIN}/dhcp`, ...words]);
  await appears(socket);
  return socket;
}

async function appears(path: string): Promise<void> {
  for (let count = 0; count < 100; count++) {
    if (await Deno.lstat(path).then(() => true, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`It did not appear: ${path}`);
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/**
 * Has a namespace take what the reference's client sends to release: it comes
 * from 0.0.0.0 to the server's own address, which servers see that read raw
 * packets, but the kernel drops before dnsmasq does.
 */
async function acceptReleases(netns: Netns): Promise<void> {
  const rule = "ip saddr 0.0.0.0 udp dport 67 ip daddr set 255.255.255.255";
  const hook = "type filter hook prerouting priority raw";
  await netns.must([
    "nft",
    `table ip dhcp { chain in { ${hook}; ${rule}; }; }`,
  ]);
}

/** Puts a server's namespace behind a pair whose other end is the host's. */
async function addServerSide(host: Host, hostEnd: string): Promise<Netns> {
  const netns = await host.addNetns();
  await host.ip(
    `link add ${hostEnd} type veth peer name out0 netns ${netns.path}`,
  );
  await netns.ip("link set out0 up");
  await netns.ip(`addr add ${SERVER}/24 dev out0`);
  return netns;
}

/** A way to attach by our plugins, on the link of a server. */
interface Way {
  /** Makes the network; returns where the server is to listen, on `out0`. */
  readonly prepare: (host: Host) => Promise<Netns>;
  readonly config: (host: Host, ipam: object) => Record<string, unknown>;
}

const onBridge = (keys: object): Way => ({
  prepare: async (host) => {
    await host.ip(`link add ${host.bridge} type bridge`);
    await host.ip(`link set ${host.bridge} up`);
    const netns = await addServerSide(host, "up0");
    await host.ip(`link set up0 up master ${host.bridge}`);
    return netns;
  },
  config: (host, ipam) => bridgeConfig(host, { ...keys, ipam }),
});

const WAYS: Record<string, Way> = {
  macvlan: {
    prepare: (host) => addWire(host, [`${SERVER}/24`]),
    config: (host, ipam) => macvlanConfig(host, { ipam }),
  },
  bridge: onBridge({}),
  "bridge as the gateway, with a spoof check": onBridge({
    isGateway: true,
    macspoofchk: true,
  }),
  "host-device": {
    prepare: (host) => addServerSide(host, "d0"),
    config: (host, ipam) => ({
      cniVersion: "1.0.0",
      name: host.network,
      type: "host-device",
      device: "d0",
      ipam,
    }),
  },
};

for (
  const [name, { prepare, config: configWith }] of Object.entries(WAYS)
) {
  kernelTest(`${name}: addresses by DHCP come and go, thrice`, async (host) => {
    const server = await startServer(host, await prepare(host), "out0");
    const daemonSocketPath = await startClient(host);
    const config = configWith(host, { type: "dhcp", daemonSocketPath });
    const plugin = String(config.type);
    const path = `${BIN}:${DHCP_BIN}`;
    const before = await attachmentsOf(host);
    const released: string[] = [];
    for (let round = 0; round < 3; round++) {
      const sandbox = await host.addSandbox();
      const call = { config, sandbox, path };
      const result = await mustCall(host, plugin, call);
      const [{ address, gateway }] = result.ips;
      const [local, prefix] = address.split("/");
      assertEquals([prefix, gateway], ["24", GATEWAY]);
      assert((await server.leases()).includes(local), address);
      const link = await linkIn(sandbox, "eth0");
      const isLease = (one: Any) => one.local === local;
      assert(link.addr_info.some(isLease), JSON.stringify(link));
      await mustPing(sandbox, SERVER);
      const full = { ...call, config: { ...config, prevResult: result } };
      await mustCall(host, plugin, { ...full, command: "CHECK" });
      await mustCall(host, plugin, { ...full, command: "DEL" });
      released.push(local);
      const given = { leases: [], released };
      assertEquals(await settled(server, released.length), given);
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
      assertEquals(await attachmentsOf(host), before);
      await mustCall(host, plugin, { ...full, command: "DEL" });
    }
  }, { needs: ["dnsmasq", `${DHCP_BIN}/dhcp`, "ping", "nft"] });
}

/** A server's state, once as many leases have come back; after 5 s anyhow. */
async function settled(server: Server, count: number) {
  for (let turn = 0;; turn++) {
    const [leases, released] = [await server.leases(), await server.released()];
    const isSettled = leases.length === 0 && released.length >= count;
    if (isSettled || turn === 100) return { leases, released };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
