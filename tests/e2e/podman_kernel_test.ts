import { assertEquals, assertStringIncludes } from "@std/assert";
import { whyNoCni } from "../../bench/clients/podman.ts";
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
  type Host,
  kernelTest,
  must,
  type Output,
} from "./_harness.ts";

const EXAMPLE = new URL(
  "../../examples/nodes/87-podman-bridge.conflist",
  import.meta.url,
);

/** Chains of plugins, taken from podman's own network. */
const CHAINS: Record<string, readonly string[]> = {
  "bridge and tuning": ["bridge", "tuning"],
  "podman's default": ["bridge", "portmap", "firewall", "tuning"],
};

for (const [why, types] of Object.entries(CHAINS)) {
  kernelTest(`podman: containers on ${why}`, async (host) => {
    const podman = await createPodman(host, types);
    const before = await attachmentsOf(host);
    await cycle(host, podman, types.includes("portmap"));
    const after = await attachmentsOf(host);
    // Chains that all attachments share may have come; nothing else.
    assertEquals({ ...after, rules: [] }, { ...before, rules: [] });
    await cycle(host, podman, types.includes("portmap"));
    assertEquals(await attachmentsOf(host), after);
  }, {
    needs: [
      ...["podman", "conmon", ...CONTAINER_PROGRAMS, "iptables", "ip6tables"],
      ...types.map((type) => `${BIN}/${type}`),
    ],
    unless: () => whyNoCni() ?? whyNoContainers(),
  });
}

/** Two containers come, talk and go. */
async function cycle(
  host: Host,
  podman: Podman,
  isPublished: boolean,
): Promise<void> {
  const publish = isPublished ? ["-p", "8080:80"] : [];
  const id = await podman.start("server", [...publish], SERVE);
  await podman.start("client", [], ["/bin/sleep", "1000"]);
  const server = await podman.network("server");
  const inClient = (words: readonly string[]) =>
    podman.run(["exec", "client", ...words]);
  await mustReach(inClient, server.Gateway);
  await mustReach(inClient, server.IPAddress);
  const url = `http://${server.IPAddress}/`;
  await mustFetch(inClient, url);
  await mustFetch(host.run, url);
  if (isPublished) {
    const published = `http://${server.Gateway}:8080/`;
    await mustFetch(
      inClient,
      published,
    );
    await mustFetch(host.run, published);
    await mustFetch(host.run, "http://127.0.0.1:8080/");
  }
  const path = await podman.must([
    ...["inspect", "--format", "{{.NetworkSettings.SandboxKey}}", "server"],
  ]);
  assertStringIncludes(path, "/run/netns/");
  await podman.must(["rm", "--force", "--time", "0", "server", "client"]);
  const { rules } = await attachmentsOf(host);
  const words = [id, id.slice(0, 12), server.IPAddress, server.MacAddress];
  assertEquals(
    rules.filter((rule) => words.some((one) => rule.includes(one))),
    [],
  );
  assertEquals(fileExists(path.trim()), false);
  assertEquals(resultsOf(host.network), []);
  await endByItself(host, podman, publish);
}

/** A container whose program ends: podman's own clean-up detaches it. */
async function endByItself(
  host: Host,
  podman: Podman,
  publish: readonly string[],
): Promise<void> {
  await podman.start("short", publish, ["/bin/sleep", "1"]);
  assertEquals(resultsOf(host.network).length, 1);
  const endMs = Date.now() + 30_000;
  while (resultsOf(host.network).length > 0 && Date.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assertEquals(resultsOf(host.network), []);
  await podman.must(["rm", "--force", "--time", "0", "short"]);
}

/** podman on a host, with nothing in common with the machine's own. */
interface Podman {
  /** Starts a container; returns its id. */
  start(
    name: string,
    options: readonly string[],
    command: readonly string[],
  ): Promise<string>;
  /** Runs podman, whatever comes of it. */
  run(words: readonly string[]): Promise<Output>;
  /** Runs podman, which must succeed; returns its stdout. */
  must(words: readonly string[]): Promise<string>;
  /** What podman knows of a container's attachment. */
  network(name: string): Promise<Any>;
}

async function createPodman(
  host: Host,
  types: readonly string[],
): Promise<Podman> {
  const folder = `${host.scratchDir}/podman`;
  const rootfs = `${folder}/rootfs`;
  makeRootfs(rootfs);
  await Deno.mkdir(`${folder}/net.d`);
  const network = await networkOf(host, types);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write("net.d/87-test.conflist", JSON.stringify(network));
  await write("containers.conf", containersConf(folder, host.network));
  await write("storage.conf", storageConf(folder));
  const env = {
    CONTAINERS_CONF: `${folder}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${folder}/storage.conf`,
    HOME: folder,
    TMPDIR: folder,
  };
  const podman = async (words: readonly string[]): Promise<Output> =>
    await host.run(["podman", ...words], { env });
  const mustRun = async (words: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await podman(words);
    if (status === 0) return stdout;
    throw new Error(`podman ${words.join(" ")}: ${status}\n${stderr}`);
  };
  const cgroup = `cnitest-${host.id}`;
  host.defer(() => must(["sh", "-c", REMOVE_CGROUPS, "sh", cgroup]));
  host.defer(() => podman(["rm", "--all", "--force", "--time", "0"]));
  return {
    run: podman,
    must: mustRun,
    start: async (name, options, command) => {
      const place = ["--cgroup-parent", `/${cgroup}`, "--rootfs", rootfs];
      const words = ["run", "--detach", "--name", name, ...options, ...place];
      return (await mustRun([...words, ...command])).trim();
    },
    network: async (name) => {
      const [container] = JSON.parse(await mustRun(["inspect", name]));
      return container.NetworkSettings.Networks[host.network];
    },
  };
}

/** podman's own network, with these plugins of it and names of the test. */
async function networkOf(host: Host, types: readonly string[]): Promise<Any> {
  const { plugins, ...network } = JSON.parse(await Deno.readTextFile(EXAMPLE));
  const chosen: readonly Any[] = plugins
    .filter(({ type }: Any) => types.includes(type));
  return {
    ...network,
    name: host.network,
    plugins: chosen.map((plugin) => pluginOnHost(plugin, host)),
  };
}

function pluginOnHost(plugin: Any, { bridge, dataDir }: Host): Any {
  switch (plugin.type) {
    case "bridge":
      return { ...plugin, bridge, ipam: { ...plugin.ipam, dataDir } };
    case "tuning":
      return { ...plugin, dataDir: `${dataDir}/tuning` };
    default:
      return plugin;
  }
}

// The limits are those of podman's defaults that a container in a container
// may not set. `file`: the other kind of locks is shared by all of a machine.
function containersConf(folder: string, network: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

[network]
network_backend = "cni"
cni_plugin_dirs = ["${BIN}"]
network_config_dir = "${folder}/net.d"
default_network = "${network}"

[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
tmp_dir = "${folder}/tmp"
volume_path = "${folder}/volumes"
`;
}

function storageConf(folder: string): string {
  return `[storage]
driver = "vfs"
runroot = "${folder}/run"
graphroot = "${folder}/storage"
`;
}

// Groups of others may go while it looks.
const REMOVE_CGROUPS = `find /sys/fs/cgroup -depth -type d -path "*/$1*" \\
  -exec rmdir {} \\; 2>/dev/null || :`;

function fileExists(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
