import { assertEquals, assertRejects } from "@std/assert";
import { definePlugin, type Plugin } from "../plugin/mod.ts";
import { CniCode, CniError, parseResult, type Result } from "../spec/mod.ts";
import { ATTACHMENT, testNetwork } from "./_testing.ts";
import { Runtime } from "./runtime.ts";

const never = () => Promise.reject(new Error("called"));

/** A plugin that plans: names what it was told, and adds an address. */
function planner(name: string, address: string): Plugin {
  return definePlugin({
    name,
    add: never,
    check: never,
    del: never,
    plan: ({ command, config }) => {
      const told = config.fields.object("prevResult");
      const before = told === undefined ? {} : parseResult(told, "1.1.0");
      const result: Result = { ips: [...before.ips ?? [], { address }] };
      const purpose = `${command} after ${before.ips?.length ?? 0}`;
      return Promise.resolve({ acts: [{ purpose }], result });
    },
  });
}

/** A plugin that plans what its delegate plans. */
const delegating = definePlugin({
  name: "main",
  add: never,
  check: never,
  del: never,
  plan: (request, context) => context.plan("ipam", request),
});

interface TestPlanner extends Disposable {
  readonly bin: string;
  readonly cacheDir: string;
  readonly runtime: Runtime;
}

function testPlanner(): TestPlanner {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  const [bin, cacheDir] = [`${folder}/bin`, `${folder}/cache`];
  Deno.mkdirSync(bin);
  const plugins = [
    planner("first", "10.0.0.2/24"),
    planner("second", "10.0.0.3/24"),
    planner("ipam", "10.0.0.4/24"),
    delegating,
    definePlugin({ name: "silent", add: never, check: never, del: never }),
  ];
  Deno.writeTextFileSync(`${bin}/cni`, "");
  for (const { name } of plugins) Deno.symlinkSync("cni", `${bin}/${name}`);
  Deno.writeTextFileSync(`${bin}/foreign`, "");
  const registry = new Map(
    plugins.map((one) => [one.name, () => Promise.resolve(one)] as const),
  );
  const runtime = new Runtime({
    path: [bin],
    cacheDir,
    registry,
    self: `${bin}/cni`,
  });
  return {
    bin,
    cacheDir,
    runtime,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

function testWith(
  name: string,
  fn: (test: TestPlanner) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    async fn() {
      using test = testPlanner();
      await fn(test);
      // Nothing was kept, since nothing was done.
      assertEquals([...Deno.readDirSync(test.bin)].length, 7);
      await assertRejects(
        () => Deno.stat(test.cacheDir),
        Deno.errors.NotFound,
      );
    },
  });
}

testWith("plan() add hands each plan's result on", async (test) => {
  const network = testNetwork(["first", "second"]);
  const plan = await test.runtime.plan("add", network, ATTACHMENT);
  assertEquals(plan, {
    acts: [
      { plugin: "first", purpose: "ADD after 0" },
      { plugin: "second", purpose: "ADD after 1" },
      { purpose: `keep the result in ${test.cacheDir}/results/net1-c1-eth0` },
    ],
    result: {
      cniVersion: "1.1.0",
      ips: [{ address: "10.0.0.2/24" }, { address: "10.0.0.3/24" }],
    },
  });
});

testWith("plan() says which plugins would be run", async (test) => {
  const network = testNetwork(["first", "foreign", "silent", "main"]);
  const { acts } = await test.runtime.plan("add", network, ATTACHMENT);
  const run = (plugin: string) => ({
    plugin,
    purpose: `run the plugin "${plugin}", which cannot tell what it would do`,
    command: `CNI_COMMAND=ADD ${test.bin}/${plugin}`,
  });
  assertEquals(acts.slice(1, -1), [
    run("foreign"),
    run("silent"),
    { plugin: "main", purpose: "ADD after 1" },
  ]);
});

testWith("plan() del goes from the last plugin to the first", async (test) => {
  const network = testNetwork(["first", "second"]);
  const { acts, result } = await test.runtime.plan("del", network, ATTACHMENT);
  assertEquals(acts, [
    { plugin: "second", purpose: "DEL after 0" },
    { plugin: "first", purpose: "DEL after 0" },
    { purpose: `remove ${test.cacheDir}/results/net1-c1-eth0` },
  ]);
  assertEquals(result, undefined);
});

testWith("plan() check has nothing to keep", async (test) => {
  const plan = await test.runtime.plan("check", testNetwork(["first"]), {
    ...ATTACHMENT,
  });
  assertEquals(plan.acts, [{ plugin: "first", purpose: "CHECK after 0" }]);
  const off = testNetwork(["first"], { disableCheck: true });
  assertEquals((await test.runtime.plan("check", off, ATTACHMENT)).acts, []);
});

testWith("plan() refuses what the operation would refuse", async (test) => {
  const { runtime } = test;
  const network = testNetwork(["nope"]);
  const missing = await assertRejects(
    () => runtime.plan("add", network, ATTACHMENT),
    CniError,
    'plugin type="nope" failed (plan add): failed to find plugin "nope"',
  );
  assertEquals(missing.code, CniCode.InvalidConfig);
  const badName = { ...ATTACHMENT, ifname: "a/b" };
  await assertRejects(
    () => runtime.plan("add", testNetwork(["first"]), badName),
    CniError,
  );
  const noNetns = { ...ATTACHMENT, netns: "" };
  await assertRejects(
    () => runtime.plan("add", testNetwork(["first"]), noNetns),
    CniError,
    "required env variables [CNI_NETNS] missing",
  );
  const old = testNetwork(["first"], { cniVersion: "0.3.1" });
  await assertRejects(
    () => runtime.plan("check", old, ATTACHMENT),
    CniError,
    "does not support the CHECK command",
  );
});
