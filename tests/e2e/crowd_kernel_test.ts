/**
 * Many containers at a time, as on a node that starts: on a chain of plugins,
 * and with duplicate address detection while the processors are busy.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { withoutEmptyOwners } from "./_firewall.ts";
import {
  attachmentsOf,
  BIN,
  bridgeConfig,
  createTool,
  type Host,
  hostLocal,
  kernelTest,
  linkIn,
  linkNamesIn,
  mustCall,
  type Sandbox,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** How many calls are under way at a time. */
const WIDTH = 8;

/** How many containers a chain is tried with: two for each call under way. */
const CONTAINERS = 2 * WIDTH;

/** Does something for each item, a few at a time. */
async function inParallel<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  const work = async () => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: WIDTH }, work));
}

async function addSandboxes(
  host: Host,
  count: number,
): Promise<readonly Sandbox[]> {
  const sandboxes: Sandbox[] = [];
  while (sandboxes.length < count) sandboxes.push(await host.addSandbox());
  return sandboxes;
}

kernelTest(
  "a chain of five plugins: containers come and go, 8 at a time",
  async (host) => {
    const tool = await createTool(host);
    const { cniVersion, name, ...bridge } = bridgeConfig(host, {
      isGateway: true,
      ipMasq: true,
    });
    const rates = { ingressRate: 8_000_000, egressRate: 8_000_000 };
    const bursts = { ingressBurst: 80_000, egressBurst: 80_000 };
    const plugins = [
      bridge,
      { type: "portmap", capabilities: { portMappings: true } },
      { type: "firewall" },
      { type: "bandwidth", ...rates, ...bursts },
      { type: "tuning", mtu: 1400, dataDir: `${host.dataDir}/tuning` },
    ];
    await tool.write("10-chain.conflist", { cniVersion, name, plugins });
    const sandboxes = await addSandboxes(host, CONTAINERS);
    const failures: string[] = [];
    const call = (verb: string) =>
      inParallel([...sandboxes.entries()], async ([index, { path }]) => {
        const hostPort = 8000 + index;
        const mapping = { hostPort, containerPort: 80, protocol: "tcp" };
        const { status, stderr } = await host.run(
          [`${BIN}/cnitool`, verb, name as string, path],
          {
            env: {
              NETCONFPATH: tool.configFolder,
              CNI_PATH: BIN,
              CAP_ARGS: JSON.stringify({ portMappings: [mapping] }),
            },
          },
        );
        if (status !== 0) failures.push(`${verb} ${path}: ${stderr}`);
      });
    const before = await attachmentsOf(host);
    await call("add");
    const added = await attachmentsOf(host);
    const isVeth = (link: string) => link.startsWith("veth");
    assertEquals(Object.keys(added.links).filter(isVeth).length, CONTAINERS);
    await call("del");
    assertEquals(failures, []);
    const { links, rules, files } = await attachmentsOf(host);
    assertEquals({ links, rules: withoutEmptyOwners(rules) }, {
      links: before.links,
      rules: before.rules,
    });
    const left = Object.keys(files).filter((path) => !path.endsWith("/"));
    assertEquals(left, []);
    for (const sandbox of sandboxes) {
      assertEquals(await linkNamesIn(sandbox), ["lo"]);
    }
  },
  { needs: ["iptables", "ip6tables", "tc"] },
);

/** Keeps the processors busy until it is disposed of. */
function keepBusy(): AsyncDisposable {
  const children = Array.from(
    { length: 2 * navigator.hardwareConcurrency },
    () =>
      new Deno.Command("sh", {
        args: ["-c", "while :; do :; done"],
        stdin: "null",
      }).spawn(),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill("SIGKILL");
      await Promise.all(children.map(({ status }) => status));
    },
  };
}

kernelTest(
  "bridge: 20 ADDs await duplicate address detection on busy processors",
  async (host) => {
    const ipam = hostLocal(host, [SUBNET4, SUBNET6]);
    const config = bridgeConfig(host, { isGateway: true, ipam });
    const sandboxes = await addSandboxes(host, 20);
    {
      await using _busy = keepBusy();
      await inParallel(sandboxes, async (sandbox) => {
        await mustCall(host, "bridge", { config, sandbox });
      });
    }
    for (const sandbox of sandboxes) {
      const { addr_info } = await linkIn(sandbox, "eth0");
      const ours = addr_info.filter(({ scope }: { scope: string }) =>
        scope === "global"
      );
      assertEquals(ours.length, 2);
      assert(ours.every((one: object) => !("tentative" in one)));
    }
  },
);
