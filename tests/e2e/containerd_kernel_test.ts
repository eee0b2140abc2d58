import { assertEquals } from "@std/assert";
import {
  CONTAINER_PROGRAMS,
  makeRootfs,
  mustFetch,
  mustReach,
  resultsOf,
  SERVE,
  whyNoContainers,
} from "./_containers.ts";
import {
  type Any,
  attachmentsOf,
  BIN,
  bridgeConfig,
  type Host,
  hostLocal,
  kernelTest,
  type Output,
  SUBNET4,
} from "./_harness.ts";

// ctr has no flags for where networks and plugins are.
const PLUGIN_FOLDERS = ["/opt/cni/bin", "/usr/lib/cni"];
const NETWORK_FOLDER = "/etc/cni/net.d";

/** Chains of plugins that containers are attached by. */
const CHAINS: Record<string, readonly string[]> = {
  "a bridge that is limited": ["bridge", "bandwidth"],
  "bridge, portmap and firewall": ["bridge", "portmap", "firewall"],
};

for (const [why, types] of Object.entries(CHAINS)) {
  kernelTest(`containerd: ctr run --cni on ${why}`, async (host) => {
    await using containerd = await startContainerd(host, types);
    const before = await attachmentsOf(host);
    await cycle(host, containerd, types.includes("portmap"));
    const after = await attachmentsOf(host);
    // Chains that all attachments share may have come; nothing else.
    assertEquals({ ...after, rules: [] }, { ...before, rules: [] });
    await cycle(host, containerd, types.includes("portmap"));
    assertEquals(await attachmentsOf(host), after);
  }, {
    needs: [
      ...["containerd", "ctr", "unshare", "iptables", "ip6tables", "tc"],
      ...CONTAINER_PROGRAMS,
      ...types.map((type) => `${BIN}/${type}`),
    ],
    unless: () => whyNoFolders() ?? whyNoContainers(),
  });
}

/** Two containers come, talk and go. */
async function cycle(
  host: Host,
  containerd: Containerd,
  isPublished: boolean,
): Promise<void> {
  const server = await containerd.start("server", {
    isPublished,
    command: SERVE,
  });
  const client = await containerd.start("client", {
    isPublished: false,
    command: ["/bin/sleep", "1000"],
  });
  const address = await server.address();
  const inClient = client.exec;
  await mustReach(inClient, GATEWAY);
  await mustReach(inClient, address);
  await mustFetch(inClient, `http://${address}/`);
  await mustFetch(host.run, `http://${address}/`);
  if (isPublished) {
    await mustFetch(host.run, "http://127.0.0.1:8080/");
    await mustFetch(host.run, `http://${GATEWAY}:8080/`);
  }
  await client.stop();
  await server.stop();
  await portsGone(host);
  const { rules } = await attachmentsOf(host);
  const words = [address, "default-server"];
  assertEquals(
    rules.filter((rule) => words.some((one) => rule.includes(one))),
    [],
  );
  assertEquals(resultsOf(host.network), []);
}

const GATEWAY = SUBNET4.replace("0/24", "1");

/** A container that runs. */
interface Container {
  /** Runs a program in it. */
  exec(words: readonly string[]): Promise<Output>;
  /** Its IPv4 address. */
  address(): Promise<string>;
  /** Kills and removes it. */
  stop(): Promise<void>;
}

interface StartOptions {
  /** Whether the host's port 8080 is to lead to it. */
  readonly isPublished: boolean;
  readonly command: readonly string[];
}

/** containerd on a host, with nothing in common with the machine's own. */
interface Containerd extends AsyncDisposable {
  /** Starts a container. */
  start(id: string, options: StartOptions): Promise<Container>;
}

async function startContainerd(
  host: Host,
  types: readonly string[],
): Promise<Containerd> {
  const folder = `${host.scratchDir}/containerd`;
  const rootfs = `${folder}/rootfs`;
  makeRootfs(rootfs);
  await Deno.mkdir(`${folder}/net.d`);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write("config.toml", configOf(folder));
  const process = new Deno.Command("nsenter", {
    args: [
      `--net=${host.path}`,
      "--",
      // With its process every other in there ends, whatever a test has left.
      ..."unshare --mount --pid --fork --kill-child --mount-proc".split(" "),
      ...["sh", "-c", START, "sh", folder, BIN],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const pid = await childOf(process.pid);
  const ctr = (words: readonly string[]): readonly string[] => [
    ..."nsenter --net --mount --pid --target".split(" "),
    ...[pid, "--", "ctr", "--address", `${folder}/containerd.sock`],
    ...words,
  ];
  await until(
    "containerd answers",
    async () => (await host.run(ctr(["version"]))).status === 0,
  );
  return {
    start: async (id, { isPublished, command }) => {
      const network = JSON.stringify(networkOf(host, types, isPublished));
      const useNetwork = () => write("net.d/10-test.conflist", network);
      await useNetwork();
      const words = ["run", "--cni", "--rootfs", rootfs, id, ...command];
      const run = (words: readonly string[]) => host.run(ctr(words));
      const ended = run(words);
      return await containerOf(id, { run, ended, useNetwork });
    },
    [Symbol.asyncDispose]: async () => {
      Deno.kill(Number(pid), "SIGKILL");
      await process.status;
    },
  };
}

const START = `set -e
folder=$1 bin=$2
mount --bind "$folder/net.d" ${NETWORK_FOLDER}
for one in ${PLUGIN_FOLDERS.join(" ")}; do
  [ ! -d $one ] || mount --bind "$bin" $one
done
# Where containers and their sockets are noted.
mount -t tmpfs tmpfs /run
exec containerd --config "$folder/config.toml" >"$folder/log" 2>&1
`;

function whyNoFolders(): string | undefined {
  const hasPlugins = PLUGIN_FOLDERS.some(isFolder);
  if (!hasPlugins) return `needs a folder ${PLUGIN_FOLDERS.join(" or ")}`;
  return isFolder(NETWORK_FOLDER)
    ? undefined
    : `needs a folder ${NETWORK_FOLDER}`;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** A container that was just started. */
async function containerOf(
  id: string,
  { run, ended, useNetwork }: {
    /** Runs ctr. */
    readonly run: (words: readonly string[]) => Promise<Output>;
    /** How what started it will have ended. */
    readonly ended: Promise<Output>;
    /** ctr takes a container off the network that there is by then. */
    readonly useNetwork: () => Promise<void>;
  },
): Promise<Container> {
  let count = 0;
  const exec = (words: readonly string[]) =>
    run(["task", "exec", "--exec-id", `e${++count}`, id, ...words]);
  let early: Output | undefined;
  ended.then((output) => early = output);
  await until(`${id} runs`, async () => {
    if (early !== undefined) throw new Error(`${id}: ${early.stderr}`);
    // It is there, but not started, while it is being attached.
    const { stdout } = await run(["task", "ls"]);
    return new RegExp(`^${id} .* RUNNING`, "m").test(stdout);
  });
  return {
    exec,
    address: async () => {
      const { stdout, stderr } = await exec(
        "/bin/ip -4 -o addr show dev eth0".split(" "),
      );
      const [, address] = / inet (\S+)\//.exec(stdout) ?? [];
      if (address === undefined) throw new Error(`${id}: ${stdout}${stderr}`);
      return address;
    },
    stop: async () => {
      await useNetwork();
      await run(["task", "kill", "--signal", "SIGKILL", id]);
      const { stderr } = await ended;
      assertEquals(stderr, "");
      const removed = await run(["container", "rm", id]);
      assertEquals(removed.status, 0, removed.stderr);
    },
  };
}

function networkOf(
  host: Host,
  types: readonly string[],
  isPublished: boolean,
): Any {
  const ipam = hostLocal(host, [SUBNET4], { routes: [{ dst: "0.0.0.0/0" }] });
  const keys = { isGateway: true, ipMasq: true, hairpinMode: true, ipam };
  const { cniVersion, name, ...bridge } = bridgeConfig(host, keys);
  const portMappings = isPublished
    ? [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }]
    : [];
  const configs: Record<string, object> = {
    bridge,
    bandwidth: {
      type: "bandwidth",
      ...{ ingressRate: 1e9, ingressBurst: 1e8 },
      ...{ egressRate: 1e9, egressBurst: 1e8 },
    },
    // ctr passes no capabilities on.
    portmap: { type: "portmap", runtimeConfig: { portMappings } },
    firewall: { type: "firewall" },
  };
  return { cniVersion, name, plugins: types.map((type) => configs[type]) };
}

function configOf(folder: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = ["io.containerd.grpc.v1.cri"]

[grpc]
address = "${folder}/containerd.sock"

[ttrpc]
address = "${folder}/ttrpc.sock"
`;
}

/** The number of a process's only child, once it has one. */
async function childOf(pid: number): Promise<string> {
  let child = "";
  await until("containerd is started", async () => {
    const file = `/proc/${pid}/task/${pid}/children`;
    child = (await Deno.readTextFile(file)).trim();
    return child !== "";
  });
  return child;
}

/** The kernel removes a container's links some time after its end. */
async function portsGone(host: Host): Promise<void> {
  await until("the containers' links are gone", async () => {
    const { links } = await attachmentsOf(host);
    return Object.keys(links).length === 1;
  });
}

/** Waits for something to become true, half a minute at most. */
async function until(
  what: string,
  isTrue: () => Promise<boolean>,
): Promise<void> {
  for (let count = 0; count < 300; count++) {
    if (await isTrue()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Waited in vain: ${what}`);
}
