import { assertEquals } from "@std/assert";
import {
  attachmentsOf,
  BIN,
  bridgeList,
  createTool,
  kernelTest,
} from "./_harness.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

Deno.test("the pages show the examples as they are", async (t) => {
  const pages = {
    "docs/embedding.md": "examples/code/attach.ts",
    "docs/writing-plugins.md": "examples/code/set-dns.ts",
  };
  for (const [page, example] of Object.entries(pages)) {
    await t.step(page, async () => {
      const text = await Deno.readTextFile(ROOT + page);
      const [, shown] = /\n```ts ignore\n(.*?)```\n/s.exec(text) ?? [];
      assertEquals(shown, await Deno.readTextFile(ROOT + example));
    });
  }
});

kernelTest(
  "the example program attaches a container, with a plugin of its own",
  async (host) => {
    const tool = await createTool(host);
    const list = bridgeList(host) as { plugins: readonly object[] };
    const setDns = { type: "set-dns", servers: ["10.89.0.53"] };
    await tool.write("a.conflist", {
      ...list,
      plugins: [...list.plugins, setDns],
    });
    const bin = `${host.scratchDir}/bin`;
    await Deno.mkdir(bin);
    const deno = Deno.execPath();
    const config = `--config=${ROOT}deno.json`;
    await Deno.writeTextFile(
      `${bin}/set-dns`,
      `#!/bin/sh\nunset DENO_DIR\nexec ${deno} run --quiet ${config} --allow-env ` +
        `${ROOT}examples/code/set-dns.ts\n`,
      { mode: 0o755 },
    );
    const sandbox = await host.addSandbox();
    const path = `${BIN}:${bin}`;
    const env = { NETCONFPATH: tool.configFolder, CNI_PATH: path };
    const folders = [`${BIN}`, bin, "/var/lib/cni"].join(",");
    const program = [
      ...[deno, "run", "--quiet", "--no-prompt", config],
      ...["--allow-env=NETCONFPATH,CNI_PATH", "--allow-run"],
      ...[`--allow-read=${folders}`, "--allow-write=/var/lib/cni"],
      `${ROOT}examples/code/attach.ts`,
    ];
    const words = [...program, host.network, sandbox.path];
    assertEquals(
      await host.must(words, { env }),
      "eth0 has 10.89.0.2/24, gateway 10.89.0.1\n" +
        "eth0 has fd89::2/64, gateway fd89::1\n",
    );
    assertEquals(Object.keys((await attachmentsOf(host)).links), ["lo"]);
    const refused = await host.run([...program, "nope", sandbox.path], { env });
    assertEquals(refused.status, 1);

    const text = await tool.must(
      ["add", host.network, sandbox.path, "--json"],
      { env },
    );
    const { networks: [{ result }] } = JSON.parse(text);
    assertEquals(result.dns, { nameservers: ["10.89.0.53"] });
    await tool.must(["check", host.network, sandbox.path], { env });
    await tool.must(["del", host.network, sandbox.path], { env });
  },
);
