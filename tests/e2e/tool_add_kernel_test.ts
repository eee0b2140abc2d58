import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeList,
  createTool,
  kernelTest,
  linkNamesIn,
  mustPing,
  netnsAt,
  run,
} from "./_harness.ts";

kernelTest(
  "cni tool add makes a namespace, attaches it twice, and both ping",
  async (host) => {
    const tool = await createTool(host);
    const second = `${host.network}-b`;
    await tool.write("a.conflist", bridgeList(host));
    await tool.write("b.conflist", {
      ...bridgeList(host, {
        bridge: `${host.bridge}b`,
        ipam: {
          type: "host-local",
          dataDir: host.dataDir,
          ranges: [[{ subnet: "10.89.1.0/24" }]],
        },
      }),
      name: second,
    });
    host.defer(() => Deno.remove(`/run/cni/bridge-${host.bridge}b.lock`));
    const name = `cnitest-${host.id}-new`;
    host.defer(() => run(["ip", "netns", "del", name]));
    const networks = ["--network", host.network, "--network", second];
    const text = await tool.must(["add", ...networks, "--create-netns", name]);
    assertStringIncludes(
      text,
      `Undo: cni tool del ${networks.join(" ")} ${name} && ` +
        `ip netns delete ${name}\n`,
    );
    const container = netnsAt(`/run/netns/${name}`);
    assertEquals(await linkNamesIn(container), ["lo", "eth0", "eth1"]);
    await mustPing(container, "10.89.0.1");
    await mustPing(container, "10.89.1.1");
    await tool.must(["check", ...networks, name]);
    await tool.must(["del", ...networks, name]);
    assertEquals(await linkNamesIn(container), ["lo"]);
  },
  { needs: ["ping"] },
);

kernelTest("cni tool add takes a process for a namespace", async (host) => {
  const tool = await createTool(host);
  await tool.write("a.conflist", bridgeList(host));
  const sandbox = await host.addSandbox();
  const sleeper = new Deno.Command("nsenter", {
    args: [`--net=${sandbox.path}`, "sleep", "60"],
  }).spawn();
  try {
    const pid = String(sleeper.pid);
    // The program starts as nsenter and changes its namespace then.
    await sandbox.must([
      "sh",
      "-c",
      `until [ /proc/${pid}/ns/net -ef \
/proc/self/ns/net ]; do sleep 0.02; done`,
    ]);
    await tool.must(["add", host.network, pid]);
    assertEquals(await linkNamesIn(sandbox), ["lo", "eth0"]);
    await tool.must(["del", host.network, pid]);
    assertEquals(await linkNamesIn(sandbox), ["lo"]);
  } finally {
    sleeper.kill("SIGKILL");
    await sleeper.status;
  }
});

kernelTest(
  "cni tool add leaves nothing behind when it fails or is interrupted",
  async (host, t) => {
    const tool = await createTool(host);
    await tool.write("a.conflist", bridgeList(host));
    const bin = `${host.scratchDir}/bin`;
    await Deno.mkdir(bin);
    const env = { CNI_PATH: `${BIN}:${bin}` };
    const plugins = {
      fails: `[ "$CNI_COMMAND" = DEL ] || { echo no >&2; exit 1; }`,
      hangs: `[ "$CNI_COMMAND" = DEL ] || { touch ${bin}/begun; sleep 60; }`,
    };
    for (const [type, script] of Object.entries(plugins)) {
      const text = `#!/bin/sh\ncat >/dev/null\n${script}\n`;
      await Deno.writeTextFile(`${bin}/${type}`, text, { mode: 0o755 });
      await tool.write(`${type}.conflist`, {
        ...bridgeList(host),
        name: `${host.network}-${type}`,
        plugins: [{ type }],
      });
    }
    const name = `cnitest-${host.id}-gone`;
    const words = (type: string) => [
      ...["add", "--network", host.network],
      ...["--network", `${host.network}-${type}`, "--create-netns", name],
    ];
    // An attachment leaves the bridge; what else there is must not change.
    const sandbox = await host.addSandbox();
    await tool.must(["add", host.network, sandbox.path]);
    await tool.must(["del", host.network, sandbox.path]);
    const before = await attachmentsOf(host);
    const isGone = async () => {
      assertEquals(await attachmentsOf(host), before);
      const { status } = await run(["test", "-e", `/run/netns/${name}`]);
      assertEquals(status, 1);
    };

    await t.step("a later network fails", async () => {
      const { status, stderr } = await tool.run(words("fails"), { env });
      assertEquals(status, 1);
      assertStringIncludes(stderr, "no");
      await isGone();
    });

    await t.step("Ctrl-C while a plugin works", async () => {
      const child = tool.start(words("hangs"), { env });
      await host.must([
        "sh",
        "-c",
        `until [ -e ${bin}/begun ]; do sleep 0.05; \
done`,
      ]);
      child.kill("SIGINT");
      const { code, stderr } = await child.output();
      assertEquals(code, 1);
      assertStringIncludes(new TextDecoder().decode(stderr), "interrupted");
      await isGone();
    });
  },
);
