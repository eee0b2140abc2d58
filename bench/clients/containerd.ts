import { runProgram } from "../measure.ts";
import { connectCri, type Cri } from "./cri.ts";
import { makePauseImage, PAUSE_IMAGE } from "./pause_image.ts";
import type { NetworkList } from "./networks.ts";
import { type Node, type NodeOptions, startNode, until } from "./node.ts";

/** What programs {@linkcode startContainerd} needs. */
export const CONTAINERD_PROGRAMS: readonly string[] = [
  ...["containerd", "ctr", "runc", "unshare", "nsenter", "tar"],
  ...["/bin/busybox", "iptables", "ip6tables", "tc"],
];

/** How a containerd is made. */
export interface ContainerdOptions extends Omit<NodeOptions, "service"> {
  /** The folder of its plugins. */
  readonly binDir: string;
  /** The network of its pods. */
  readonly network: NetworkList;
}

/** A node with a container runtime, as Kubernetes has them. */
export interface ContainerdNode extends AsyncDisposable {
  readonly node: Node;
  readonly cri: Cri;
}

/**
 * Starts a containerd of its own with its CRI, and waits until pods can be
 * started; disposing of it ends it and all pods.
 */
export async function startContainerd(
  { binDir, network, ...options }: ContainerdOptions,
): Promise<ContainerdNode> {
  const { folder } = options;
  const socket = `${folder}/containerd.sock`;
  await using cleanup = new AsyncDisposableStack();
  await Deno.mkdir(`${folder}/net.d`);
  const write = (name: string, text: string) =>
    Deno.writeTextFile(`${folder}/${name}`, text);
  await write("net.d/10-pods.conflist", JSON.stringify(network));
  await write("config.toml", configOf(folder, binDir));
  const image = await makePauseImage(folder);
  const service = ["containerd", "--config", `${folder}/config.toml`];
  const node = cleanup.use(await startNode({ ...options, service }));
  const ctr = ["ctr", "--address", socket, "--namespace", "k8s.io"];
  const run = (words: readonly string[]) =>
    runProgram({ words: node.enter([...ctr, ...words]) });
  await until(
    "containerd answers",
    () => run(["version"]).then(() => true, () => false),
  );
  await run(["images", "import", "--snapshotter", "native", image]);
  const cri = cleanup.use(connectCri(socket));
  await until("containerd knows the image", () => cri.hasImage(PAUSE_IMAGE));
  await until(
    "the network is ready",
    async () => await cri.whyNoNetwork() === undefined,
  );
  const owned = cleanup.move();
  return { node, cri, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

// What a container in a container may not do is left out.
function configOf(folder: string, binDir: string): string {
  return `version = 2
root = "${folder}/root"
state = "${folder}/state"

[grpc]
address = "${folder}/containerd.sock"

[ttrpc]
address = "${folder}/ttrpc.sock"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${PAUSE_IMAGE}"
restrict_oom_score_adj = true
disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "native"

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "${binDir}"
conf_dir = "${folder}/net.d"
`;
}
