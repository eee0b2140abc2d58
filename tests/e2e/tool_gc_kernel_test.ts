import { assert, assertEquals } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeList,
  createTool,
  type Host,
  type HostTool,
  kernelTest,
  type Sandbox,
} from "./_harness.ts";

kernelTest("cni tool gc leaves all that is added beside it", async (host) => {
  const tool = await prepare(host);
  const sandboxes: Sandbox[] = [];
  for (let i = 0; i < 12; i++) sandboxes.push(await host.addSandbox());
  let isDone = false;
  const collect = async () => {
    let count = 0;
    for (; !isDone; count++) await tool.must(["gc", host.network]);
    return count;
  };
  const add = async (mine: readonly Sandbox[]) => {
    for (const { path } of mine) {
      await cnitool(host, tool, ["add", host.network, path]);
    }
  };
  const collecting = collect();
  await Promise.all(
    [0, 1, 2].map((k) => add(sandboxes.filter((_, index) => index % 3 === k))),
  );
  isDone = true;
  assert(await collecting >= 1);
  for (const { path } of sandboxes) {
    await cnitool(host, tool, ["check", host.network, path]);
  }
  await tool.must(["gc", host.network, "--all"]);
  const { links, files, rules } = await attachmentsOf(host);
  assertEquals({ links: Object.keys(links), rules }, {
    links: ["lo"],
    rules: [],
  });
  assertEquals(Object.values(files).filter((text) => text !== ""), []);
});

kernelTest(
  "cni tool gc does not wait for an ADD that was killed",
  async (host) => {
    const tool = await prepare(host);
    const sandbox = await host.addSandbox();
    for (const afterMs of [20, 60, 120]) {
      const add = tool.start(["add", host.network, sandbox.path]);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      try {
        add.kill("SIGKILL");
      } catch {
        // It was done already.
      }
      await add.output();
      const startMs = performance.now();
      await tool.must(["gc", host.network]);
      assert(performance.now() - startMs < 10_000);
    }
    await tool.must(["gc", host.network, "--all"]);
  },
);

kernelTest(
  "A plugin may attach to the network that it is called for",
  async (host) => {
    const tool = await createTool(host);
    const inner = await host.addSandbox();
    const outer = await host.addSandbox();
    const bin = `${host.scratchDir}/bin`;
    await Deno.mkdir(bin);
    // Once: the inner ADD calls this plugin again.
    await Deno.writeTextFile(
      `${bin}/nested`,
      `#!/bin/sh
if [ "$CNI_COMMAND" != CHECK ] && [ "$CNI_COMMAND" != VERSION ] &&
  mkdir ${host.scratchDir}/$CNI_COMMAND 2>/dev/null; then
  verb=add
  [ "$CNI_COMMAND" = ADD ] || verb=del
  CNI_IFNAME=eth7 CNI_PATH=${bin}:${BIN} CNI_COMMAND= \\
    ${BIN}/cni cnitool $verb ${host.network} ${inner.path} >/dev/null || exit 1
fi
[ "$CNI_COMMAND" != ADD ] || exec sed 's/.*"prevResult"://;s/,"type":"nested"}$//'
[ "$CNI_COMMAND" != VERSION ] ||
  echo '{"cniVersion":"1.1.0","supportedVersions":["1.1.0"]}'
`,
      { mode: 0o755 },
    );
    const list = bridgeList(host) as { plugins: object[] };
    list.plugins.push({ type: "nested" });
    await tool.write("a.conflist", list);
    const env = { CNI_PATH: `${bin}:${BIN}` };
    const add = tool.start(["add", host.network, outer.path], { env });
    // A GC that waits for the outer ADD must not stop the inner one.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const gc = tool.start(["gc", host.network], { env });
    for (const child of [add, gc]) {
      const { code, stderr } = await child.output();
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    }
    await tool.must(["gc", host.network, "--all"], { env });
  },
);

async function prepare(host: Host): Promise<HostTool> {
  const tool = await createTool(host);
  const list = bridgeList(host) as { plugins: object[] };
  list.plugins.push({ type: "firewall", backend: "iptables" });
  await tool.write("a.conflist", list);
  return tool;
}

async function cnitool(
  host: Host,
  tool: HostTool,
  words: readonly string[],
): Promise<void> {
  await host.must([`${BIN}/cni`, "cnitool", ...words], {
    env: {
      NETCONFPATH: tool.configFolder,
      CNI_PATH: BIN,
      CNI_IFNAME: "",
      CNI_ARGS: "",
      CAP_ARGS: "",
    },
  });
}
