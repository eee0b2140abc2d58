import { assertEquals, assertRejects } from "@std/assert";
import { definePlugin, type Registry } from "../plugin/mod.ts";
import { CniCode, CniError, type Result } from "../spec/mod.ts";
import { createInvoker, type InvokerOptions } from "./invoker.ts";
import { testCall, testPlugins } from "./_testing.ts";

const ignore = Deno.build.os === "windows";

const RESULT: Result = { ips: [{ address: "10.0.0.2/24" }] };

/** A registry whose one plugin, `ipam`, notes its calls. */
function fakeRegistry(log: string[]): Registry {
  const plugin = definePlugin({
    name: "ipam",
    add: (request, context) => {
      log.push(`add ${request.config.name}`);
      context.warn("adding");
      return Promise.resolve(RESULT);
    },
    check: () => Promise.reject(new CniError(CniCode.TryAgainLater, "later")),
    del: (request) => {
      log.push(`del ${request.ifname}`);
      return Promise.resolve();
    },
  });
  return new Map([["ipam", () => Promise.resolve(plugin)]]);
}

/** The same plugin as a script. */
const SCRIPT = `
case "$CNI_COMMAND" in
ADD) echo adding >&2
  echo '{"cniVersion":"1.1.0","ips":[{"address":"10.0.0.2/24"}]}';;
CHECK) echo '{"code":11,"msg":"later"}'; exit 1;;
esac`;

Deno.test({
  name: "createInvoker() delegates alike in the process and by exec",
  ignore,
  async fn(t) {
    using plugins = testPlugins();
    const self = plugins.add("cni", SCRIPT);
    Deno.symlinkSync(self, `${plugins.folder}/ipam`);
    const log: string[] = [];
    const registry = fakeRegistry(log);
    const path = plugins.folder;
    const ways: Record<string, [Partial<InvokerOptions>, string[]]> = {
      "in the process": [{ registry, self }, ["add net1", "del eth0"]],
      "self through a link": [
        { registry, self: `${path}/ipam` },
        ["add net1", "del eth0"],
      ],
      "exec, when forced": [{ registry, self, forceExec: true }, []],
      "exec, without self": [{ registry }, []],
      "exec, without registry": [{ self }, []],
      "exec, when another file": [{ registry, self: "/bin/sh" }, []],
      "exec, when self is gone": [{ registry, self: "/nope" }, []],
    };
    for (const [why, [options, expectedLog]] of Object.entries(ways)) {
      await t.step(why, async () => {
        log.length = 0;
        const warnings: string[] = [];
        const warn = (message: string) => warnings.push(message);
        const { context } = createInvoker({ ...options, warn });
        const delegate = (command: string) =>
          context.delegate("ipam", testCall({ command, path }));
        assertEquals(await delegate("ADD"), RESULT);
        assertEquals(warnings, ["adding"]);
        assertEquals(await delegate("DEL"), {});
        const error = await assertRejects(() => delegate("CHECK"), CniError);
        assertEquals([error.code, error.message], [11, "later"]);
        assertEquals(log, expectedLog);
      });
    }
  },
});

Deno.test({
  name: "createInvoker() runs as a child what must be endable",
  ignore,
  async fn() {
    using plugins = testPlugins();
    const self = plugins.add("ipam", SCRIPT);
    const log: string[] = [];
    const registry = fakeRegistry(log);
    const invoker = createInvoker({ registry, self, warn: () => {} });
    const call = testCall({ path: plugins.folder });
    const reply = await invoker.call("ipam", call, { timeoutMs: 10_000 });
    assertEquals([reply.status, log], [0, []]);
  },
});

Deno.test({
  name: "createInvoker() finds a plugin by starting it where it may not look",
  permissions: { read: false, write: true, run: true },
  ignore,
  async fn() {
    using plugins = testPlugins();
    const { folder } = plugins;
    plugins.add("good", SCRIPT);
    Deno.mkdirSync(`${folder}/first/good`, { recursive: true });
    Deno.mkdirSync(`${folder}/second`);
    const path = `${folder}/first:${folder}/second:${folder}`;
    const { context } = createInvoker({ warn: () => {} });
    assertEquals(await context.delegate("good", testCall({ path })), RESULT);
    await assertRejects(
      () => context.delegate("missing", testCall({ path })),
      CniError,
      'failed to find plugin "missing" in path',
    );
  },
});

Deno.test({
  name: "createInvoker() passes stderr on when the plugin fails too",
  ignore,
  async fn() {
    using plugins = testPlugins();
    plugins.add(
      "p",
      `echo the reason >&2; echo '{"code":100,"msg":"failed"}'; exit 1`,
    );
    const warnings: string[] = [];
    const { context } = createInvoker({ warn: (text) => warnings.push(text) });
    await assertRejects(
      () => context.delegate("p", testCall({ path: plugins.folder })),
      CniError,
      "failed",
    );
    assertEquals(warnings, ["the reason"]);
  },
});
