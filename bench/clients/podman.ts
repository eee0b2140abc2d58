import { runProgram } from "../measure.ts";
import { NETWORKS } from "./networks.ts";
import { type NodeOptions, startNode } from "./node.ts";
import { makeRootfs } from "./rootfs.ts";

/** podman on a node of its own. */
export interface PodmanNode extends AsyncDisposable {
  /** `podman run --rm` of a program that ends at once, its port published. */
  runOnce(): Promise<void>;
}

/** Makes a node on which podman uses the plugins of a folder. */
export async function startPodman(
  { binDir, ...options }: NodeOptions & {
    /** The folder of its plugins. */
    readonly binDir: string;
  },
): Promise<PodmanNode> {
  const { folder, group } = options;
  const rootfs = `${folder}/rootfs`;
  await makeRootfs(rootfs);
  await Deno.mkdir(`${folder}/net.d`);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write("net.d/87-podman.conflist", JSON.stringify(NETWORKS.podman));
  await write("containers.conf", containersConf(folder, binDir));
  await write("storage.conf", storageConf(folder));
  const node = await startNode(options);
  const env = {
    CONTAINERS_CONF: `${folder}/containers.conf`,
    CONTAINERS_STORAGE_CONF: `${folder}/storage.conf`,
    HOME: folder,
    TMPDIR: folder,
  };
  const words = node.enter([
    ...["podman", "run", "--rm", "--publish", "8080:80"],
    ...["--cgroup-parent", group.pods, "--rootfs", rootfs],
    ...["/bin/busybox", "true"],
  ]);
  return {
    runOnce: async () => {
      await runProgram({ words, env });
    },
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

/**
 * Why podman here does not use CNI plugins; `undefined` if it does. podman 5 is
 * built without the backend that calls them.
 */
export function whyNoCni(): string | undefined {
  const { stdout } = new Deno.Command("podman", {
    args: ["--version"],
    stderr: "null",
  }).outputSync();
  const version = new TextDecoder().decode(stdout).trim();
  const major = Number(/(\d+)\./.exec(version)?.[1]);
  return major < 5 ? undefined : `${version} has no CNI backend`;
}

// The limits are those of podman's defaults that a container in a container
// may not set.
function containersConf(folder: string, binDir: string): string {
  return `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]

[network]
network_backend = "cni"
cni_plugin_dirs = ["${binDir}"]
network_config_dir = "${folder}/net.d"
default_network = "${NETWORKS.podman.name}"

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
