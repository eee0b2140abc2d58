import { assertEquals } from "@std/assert";
import {
  CONTAINERD_PROGRAMS,
  startContainerd,
} from "../../bench/clients/containerd.ts";
import { makeCpuGroup } from "../../bench/clients/cpu_group.ts";
import { NETWORKS, SUBNET } from "../../bench/clients/networks.ts";
import { DAEMON_SOCKET, type Node } from "../../bench/clients/node.ts";
import { eachOf, FIRST_PORT, runPods } from "../../bench/clients/pods.ts";
import { whyNoContainers } from "./_containers.ts";
import { withoutEmptyOwners } from "./_firewall.ts";
import {
  askDaemon,
  type DaemonStatus,
  type Host,
  kernelTest,
  netnsStateOf,
  RESIDENT_BIN,
} from "./_harness.ts";

const COUNT = 30;
const AT_A_TIME = 8;

/** The ways to call the plugins, each with the folder of its daemon. */
const WAYS = {
  directly: {
    binDir: new URL("../../build/bin", import.meta.url).pathname,
  },
  resident: { binDir: RESIDENT_BIN, daemonBin: RESIDENT_BIN },
} as const;

for (const chain of ["bridge", "flannel"] as const) {
  for (const [way, folders] of Object.entries(WAYS)) {
    const { plugins } = NETWORKS[chain];
    const types = plugins.map(({ type }) => type);
    const title = `containerd's CRI: ${COUNT} pods, ${types.join("+")}, ${way}`;
    kernelTest(title, async (host) => {
      await using group = await makeCpuGroup(`cnitest-${host.id}`);
      await using containerd = await startContainerd({
        ...folders,
        folder: host.scratchDir,
        netns: host.path,
        group,
        network: NETWORKS[chain],
      });
      const { cri, node } = containerd;
      const ids = await runPods(cri, {
        count: COUNT,
        parallel: AT_A_TIME,
        cgroupParent: group.pods,
      });
      const addresses = await eachOf(ids, AT_A_TIME, cri.address);
      await mustBeAttached(host, addresses);
      await eachOf(ids, AT_A_TIME, cri.stop);
      await mustBeDetached(host, node);
      await eachOf(ids, AT_A_TIME, cri.remove);
      assertEquals(await cri.list(), []);
      if ("daemonBin" in folders) await mustHaveServed(node, types.length);
    }, {
      needs: [
        ...CONTAINERD_PROGRAMS,
        ...types.map((type) => `${folders.binDir}/${type}`),
      ],
      unless: whyNoContainers,
    });
  }
}

/** Each pod has an address of its own, and its port leads there. */
async function mustBeAttached(
  host: Host,
  addresses: readonly string[],
): Promise<void> {
  const prefix = SUBNET.split(".").slice(0, 2).join(".") + ".";
  assertEquals(new Set(addresses).size, COUNT);
  assertEquals(addresses.filter((one) => !one.startsWith(prefix)), []);
  const { rules } = await netnsStateOf(host);
  const missing = addresses.filter((address, number) => {
    const port = `--dport ${FIRST_PORT + number} `;
    return !rules.some((rule) =>
      rule.includes(port) && rule.includes(`--to-destination ${address}:80`)
    );
  });
  assertEquals(missing, []);
}

/** No link, rule, result, reservation or namespace of a pod is left. */
async function mustBeDetached(host: Host, { root }: Node): Promise<void> {
  const { links, rules } = await netnsStateOf(host);
  assertEquals(Object.keys(links).sort(), ["cni0", "lo"]);
  assertEquals(withoutEmptyOwners(rules), []);
  const state = `${root}/var/lib/cni`;
  assertEquals(namesIn(`${state}/results`), []);
  const notes = namesIn(`${state}/networks/pods`);
  assertEquals(notes.filter((name) => /^\d+\.\d+\.\d+\.\d+$/.test(name)), []);
  assertEquals(namesIn(`${root}/run/netns`), []);
}

/** The daemon has had every call, and none has failed. */
async function mustHaveServed(node: Node, plugins: number): Promise<void> {
  const socket = node.root + DAEMON_SOCKET;
  const { calls, declined }: DaemonStatus = JSON.parse(
    await askDaemon(socket, "STATUS"),
  );
  assertEquals(declined, {});
  assertEquals(calls.filter(({ code }) => code !== 0), []);
  const adds = calls.filter(({ command }) => command === "ADD");
  const count = adds.reduce((sum, call) => sum + call.count, 0);
  // containerd calls loopback besides.
  assertEquals(count, COUNT * (plugins + 1));
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
