import { startContainerd } from "../clients/containerd.ts";
import { foldersWith, type PluginFolder } from "../clients/folders.ts";
import { NETWORKS } from "../clients/networks.ts";
import { makePlace } from "../clients/place.ts";
import { eachOf, runPods } from "../clients/pods.ts";
import { startPodman, whyNoCni } from "../clients/podman.ts";
import type { Ring } from "../contender.ts";
import type { Contest, Side } from "../contest.ts";

/** As many pods as a node may start when it comes back. */
const PODS = 30;

/** How many calls the client has under way at a time. */
const AT_A_TIME = 8;

/** Rounds of what takes many seconds. */
const MAX_ROUNDS = 15;

/** Pods by containerd's CRI, as a kubelet starts and stops them. */
export async function podsContests(
  ring: Ring,
  chain: "bridge" | "flannel",
): Promise<readonly Contest[]> {
  const types = typesOf(chain);
  const title = `${PODS} pods, ${AT_A_TIME} at a time, ${types.join("+")}`;
  const make = (folder: PluginFolder) => podsSide(folder, { ring, chain });
  return await contestOf(title, { types, make });
}

/** `podman run --rm` on its default network. */
export async function podmanContests(ring: Ring): Promise<readonly Contest[]> {
  const reason = whyNoCni();
  if (reason !== undefined) {
    console.error(`Left out: podman run (${reason})\n`);
    return [];
  }
  const types = typesOf("podman");
  const make = (folder: PluginFolder) => podmanSide(folder, ring);
  return await contestOf(`podman run --rm, ${types.join("+")}`, {
    types,
    make,
  });
}

function typesOf(network: keyof typeof NETWORKS): readonly string[] {
  return NETWORKS[network].plugins.map(({ type }) => type);
}

async function contestOf(
  title: string,
  { types, make }: {
    readonly types: readonly string[];
    readonly make: (folder: PluginFolder) => Promise<Side>;
  },
): Promise<readonly Contest[]> {
  const sides: Side[] = [];
  for (const folder of await foldersWith(types)) sides.push(await make(folder));
  const [ours, ...others] = sides;
  if (ours === undefined) return [];
  return [{
    title,
    sides: [ours, ...others],
    units: ["ms", "ms CPU"],
    maxRounds: MAX_ROUNDS,
    hasSum: Object.keys(ours.acts).length > 1,
  }];
}

async function podsSide(
  { name, ...folder }: PluginFolder,
  { ring: { cleanup }, chain }: {
    readonly ring: Ring;
    readonly chain: "bridge" | "flannel";
  },
): Promise<Side> {
  const place = await makePlace(cleanup);
  const network = NETWORKS[chain];
  const { cri } = cleanup.use(
    await startContainerd({ ...place, ...folder, network }),
  );
  const usedCpuMs = place.group.usedMs;
  let ids: readonly string[] = [];
  const eachPod = async (act: (id: string) => Promise<void>) => {
    await eachOf(ids, AT_A_TIME, act);
  };
  return {
    name,
    acts: {
      RunPodSandbox: {
        run: async () => {
          ids = await runPods(cri, {
            count: PODS,
            parallel: AT_A_TIME,
            cgroupParent: place.group.pods,
          });
        },
        usedCpuMs,
      },
      StopPodSandbox: {
        run: () => eachPod(cri.stop),
        usedCpuMs,
      },
      RemovePodSandbox: {
        run: () => eachPod(cri.remove),
        usedCpuMs,
      },
    },
  };
}

async function podmanSide(
  { name, ...folder }: PluginFolder,
  { cleanup }: Ring,
): Promise<Side> {
  const place = await makePlace(cleanup);
  const podman = cleanup.use(await startPodman({ ...place, ...folder }));
  const usedCpuMs = place.group.usedMs;
  return { name, acts: { "": { run: podman.runOnce, usedCpuMs } } };
}
