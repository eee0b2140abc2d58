import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeList,
  createTool,
  type Host,
  type HostTool,
  kernelTest,
  linkNamesIn,
  mustPing,
  netnsAt,
  openTerminal,
  run,
  stateOf,
  type Terminal,
} from "./_harness.ts";

const NEEDS = { needs: ["tmux", "ping"] };

/** Starts `cni tool add` without arguments in a terminal. */
function openAdd(
  host: Host,
  tool: HostTool,
  variables: Readonly<Record<string, string>> = {},
): Promise<Terminal> {
  const env = {
    ...{ NETCONFPATH: tool.configFolder, CNI_PATH: BIN, NO_COLOR: "" },
    ...variables,
  };
  const words = [`--net=${host.path}`, "--", `${BIN}/cni`, "tool", "add"];
  return openTerminal(`cnitest-${host.id}`, ["nsenter", ...words], env);
}

/** Answers all questions up to the last one, for a namespace to be made. */
async function answer(terminal: Terminal, name: string): Promise<void> {
  await terminal.until("Which network?");
  await terminal.press("Enter");
  await terminal.until("Which network namespace?");
  // The two ways to get another one stand at the end.
  await terminal.press("Up", "Up", "Enter");
  await terminal.until("What is it to be called?");
  await terminal.type(name);
  await terminal.press("Enter");
  await terminal.until("What is the interface to be called there?");
  await terminal.press("Enter");
  await terminal.until("Attach it?");
}

kernelTest(
  "cni tool add asks its way from an empty command line to a ping",
  async (host) => {
    const tool = await createTool(host);
    await tool.write("a.conflist", bridgeList(host));
    const name = `cnitest-${host.id}-new`;
    host.defer(() => run(["ip", "netns", "del", name]));
    const before = await stateOf(host);
    await using terminal = await openAdd(host, tool);
    await answer(terminal, name);
    // The plan first: it is shown, nothing is done, and the question returns.
    await terminal.press("Down", "Enter");
    await terminal.until("Nothing was changed.");
    assertEquals(await stateOf(host), before);
    await terminal.press("Enter");
    const screen = await terminal.until("[status 0]");
    assertStringIncludes(screen, "add: bridge");
    assertStringIncludes(screen, `eth0 in /run/netns/${name} is on`);
    assertStringIncludes(screen, "10.89.0.2/24  on eth0");
    const undo = `Undo: cni tool del ${host.network} ${name}`;
    assertStringIncludes(screen, undo);
    const container = netnsAt(`/run/netns/${name}`);
    await mustPing(container, "10.89.0.1");
    await tool.must(["del", host.network, name]);
    assertEquals(await linkNamesIn(container), ["lo"]);
  },
  NEEDS,
);

kernelTest(
  "cni tool add leaves nothing behind at Ctrl-C, whenever it comes",
  async (host, t) => {
    const tool = await createTool(host);
    const bin = `${host.scratchDir}/bin`;
    await Deno.mkdir(bin);
    const script = `#!/bin/sh\ncat >/dev/null\n` +
      `[ "$CNI_COMMAND" = DEL ] || { touch ${bin}/begun; sleep 60; }\n`;
    await Deno.writeTextFile(`${bin}/hangs`, script, { mode: 0o755 });
    const list = bridgeList(host) as { plugins: readonly object[] };
    const plugins = [...list.plugins, { type: "hangs" }];
    await tool.write("a.conflist", { ...list, plugins });
    const variables = { CNI_PATH: `${BIN}:${bin}` };
    const name = `cnitest-${host.id}-gone`;
    host.defer(() => run(["ip", "netns", "del", name]));
    const before = await stateOf(host);
    const namespaceIsGone = async () => {
      const { status } = await run(["test", "-e", `/run/netns/${name}`]);
      assertEquals(status, 1);
    };

    await t.step("at the first question", async () => {
      await using terminal = await openAdd(host, tool, variables);
      await terminal.until("Which network?");
      await terminal.press("C-c");
      const screen = await terminal.until("[status 1]");
      assertStringIncludes(screen, "cancelled: nothing was changed");
    });

    await t.step("at the last question", async () => {
      await using terminal = await openAdd(host, tool, variables);
      await answer(terminal, name);
      await terminal.press("C-c");
      await terminal.until("[status 1]");
      await namespaceIsGone();
      assertEquals(await stateOf(host), before);
    });

    await t.step("while a plugin works", async () => {
      await using terminal = await openAdd(host, tool, variables);
      await answer(terminal, name);
      await terminal.press("Enter");
      await terminal.until("add: hangs");
      await host.must([
        "sh",
        "-c",
        `until [ -e ${bin}/begun ]; do \
sleep 0.05; done`,
      ]);
      await terminal.press("C-c");
      const screen = await terminal.until("[status 1]");
      assertStringIncludes(screen, "undo: bridge");
      assertStringIncludes(screen, "interrupted");
      await namespaceIsGone();
      const { links, rules, files } = await attachmentsOf(host);
      assertEquals(Object.keys(links), ["lo"]);
      assertEquals([rules, files], [[], {}]);
    });
  },
  NEEDS,
);

kernelTest("cni tool add asks nobody where nobody is", async (host) => {
  const tool = await createTool(host);
  const { status, stdout, stderr } = await tool.run(["add", host.network]);
  assertEquals([status, stdout], [2, ""]);
  assertStringIncludes(stderr, "missing: a network namespace");
});
