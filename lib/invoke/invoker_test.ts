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
  name:
    "createInvoker() knows the copies that an installation makes, no others",
  ignore,
  async fn(t) {
    const installed = new Date("2026-01-02T03:04:05.678Z");
    const ways: Record<string, [model: string, copied: Date, log: string[]]> = {
      "of the program": ["cni", installed, ["add net1"]],
      "of the shim": ["cni-shim", installed, ["add net1"]],
      "of what starts the program": ["cni-launcher", installed, ["add net1"]],
      "another program": ["other", installed, []],
      "copied over later": ["cni", new Date(), []],
    };
    for (const [why, [model, copied, expectedLog]] of Object.entries(ways)) {
      await t.step(why, async () => {
        using plugins = testPlugins();
        const self = plugins.add("cni", SCRIPT);
        const other = plugins.add(model, SCRIPT);
        const file = plugins.add("ipam", SCRIPT);
        Deno.utimeSync(self, installed, installed);
        Deno.utimeSync(other, installed, installed);
        Deno.utimeSync(file, copied, copied);
        if (model === "other") Deno.utimeSync(self, new Date(), new Date());
        const log: string[] = [];
        const registry = fakeRegistry(log);
        const path = plugins.folder;
        const { context } = createInvoker({ registry, self, warn: () => {} });
        await context.delegate("ipam", testCall({ command: "ADD", path }));
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

Deno.test("createInvoker() delegates only to a plugin that is for it", async (t) => {
  using plugins = testPlugins();
  const self = plugins.add("cni", SCRIPT);
  const types = ["ipam", "main", "plain"];
  for (const type of types) Deno.symlinkSync(self, `${plugins.folder}/${type}`);
  const settings = (role: "main" | "ipam") => ({
    settings: { keys: {}, role, check: () => {} },
  });
  const done = () => Promise.resolve();
  const make = (name: string, more: object) =>
    definePlugin({
      name,
      add: () => Promise.resolve(RESULT),
      check: done,
      del: done,
      ...more,
    });
  const registry: Registry = new Map([
    ["ipam", () => Promise.resolve(make("ipam", settings("ipam")))],
    ["main", () => Promise.resolve(make("main", settings("main")))],
    ["plain", () => Promise.resolve(make("plain", {}))],
  ]);
  const { context } = createInvoker({ registry, self, warn: () => {} });
  const call = testCall({ path: plugins.folder });
  for (const command of ["ADD", "DEL"]) {
    await t.step(command, async () => {
      const delegate = (type: string, role: "main" | "ipam") =>
        context.delegate(type, { ...call, command }, { role });
      await delegate("ipam", "ipam");
      await delegate("main", "main");
      await delegate("plain", "ipam");
      const error = await assertRejects(
        () => delegate("main", "ipam"),
        CniError,
        'Cannot delegate to "main"',
      );
      assertEquals(error.code, CniCode.InvalidConfig);
      await assertRejects(() => delegate("ipam", "main"), CniError);
    });
  }
});

Deno.test({
  name: "createInvoker() ends delegations that go round in a circle",
  ignore,
  async fn(t) {
    using plugins = testPlugins();
    const self = plugins.add("cni", SCRIPT);
    Deno.symlinkSync(self, `${plugins.folder}/round`);
    let count = 0;
    const round = definePlugin({
      name: "round",
      add: (request, context) => {
        count++;
        return context.delegate("round", request);
      },
      check: () => Promise.resolve(),
      del: () => Promise.resolve(),
    });
    const registry: Registry = new Map([
      ["round", () => Promise.resolve(round)],
    ]);
    const { context } = createInvoker({ registry, self, warn: () => {} });
    const call = testCall({ path: plugins.folder });
    const other = { ...call, delegations: "3 c2/eth0 round" };
    const starts = {
      "from the start": [call, 1],
      "after another attachment": [other, 1],
      "deep": [{ ...call, delegations: "8 c1/eth0 a b" }, 0],
    } as const;
    for (const [why, [first, expected]] of Object.entries(starts)) {
      await t.step(why, async () => {
        count = 0;
        const act = () => context.delegate("round", first);
        const error = await assertRejects(act, CniError);
        assertEquals([count, error.code], [expected, CniCode.InvalidConfig]);
      });
    }
    await t.step("another process is told what led to it", async () => {
      const script = `echo "{\\"cniVersion\\":\\"1.1.0\\",\\"dns\\":` +
        `{\\"domain\\":\\"$CNI_DELEGATIONS\\"}}"`;
      plugins.add("theirs", script);
      const { dns } = await context.delegate("theirs", {
        ...call,
        delegations: "2 c1/eth0 a b",
      });
      assertEquals(dns, { domain: "2 c1/eth0 a b" });
    });
  },
});

Deno.test({
  name: "createInvoker() says that a plugin out of sight cannot be executed",
  ignore,
  async fn() {
    using plugins = testPlugins();
    using others = testPlugins();
    Deno.chmodSync(plugins.add("plain", "exit"), 0o644);
    Deno.mkdirSync(`${plugins.folder}/folder`);
    others.add("later", "exit");
    Deno.writeTextFileSync(`${plugins.folder}/later`, "", { mode: 0o644 });
    const script = `
      import { createInvoker } from "${new URL("./mod.ts", import.meta.url)}";
      const path = ${JSON.stringify(`${plugins.folder}:${others.folder}`)};
      const call = { command: "DEL", containerId: "", netns: "", ifname: "",
        args: "", path, netnsOverride: "", stdin: "{}" };
      const { context } = createInvoker({ warn: () => {} });
      for (const type of ["plain", "folder", "none", "later"]) {
        await context.delegate(type, call).then(
          () => console.log("started"),
          (error) => console.log(error.message.replace(/ .os error.*/, "")),
        );
      }`;
    const file = plugins.add("script.ts", "");
    Deno.writeTextFileSync(file, script);
    const root = new URL("../../", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--quiet", "--no-lock", "--no-prompt", "--allow-run"],
        ...["--allow-env", `--allow-read=${root}`, file],
      ],
    }).output();
    const decoder = new TextDecoder();
    const lines = decoder.decode(stdout).trim().split("\n");
    const notFound = `failed to find plugin "none" in path ` +
      `[${plugins.folder} ${others.folder}]`;
    const denied = "Permission denied";
    assertEquals(
      lines.map((line) => line.includes(denied) ? denied : line),
      [denied, denied, notFound, "started"],
      decoder.decode(stderr),
    );
  },
});
