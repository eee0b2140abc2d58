import { assertEquals, assertStringIncludes } from "@std/assert";
import { containerIdOf } from "../container_id.ts";
import { testWith } from "../_testing.ts";

testWith("check tells every attachment", async (test) => {
  await test.run("add -n chain -n single /x");
  const { status, stdout } = await test.run("check -n chain -n single /x");
  assertEquals(status, 0);
  assertEquals(
    stdout,
    "eth0 on chain is as add left it\neth1 on single is as add left it\n",
  );
  test.failing.add("CHECK first eth1");
  assertEquals((await test.run("check -n chain -n single /x")).status, 1);
  const json = await test.run("check chain /x --json");
  assertEquals(JSON.parse(json.stdout).networks[0].network, "chain");
});

testWith("check and del are told the CNI_ARGS of add", async (test, t) => {
  const remembered = "IP=10.0.0.9;IgnoreUnknown=1";
  const cases: Record<string, readonly [string, string]> = {
    "none of their own": ["", remembered],
    "their own instead": ["A=1", "A=1"],
  };
  for (const [why, [variable, expected]] of Object.entries(cases)) {
    await t.step(why, async () => {
      test.variables.CNI_ARGS = "";
      await test.run("add chain /x");
      await test.run("add single /x -i eth1 --ip 10.0.0.9");
      test.requests.length = 0;
      test.variables.CNI_ARGS = variable;
      await test.run("check single /x -i eth1");
      await test.run("del single /x -i eth1");
      assertEquals(
        test.requests.map(({ command, args }) => [command, args]),
        [["CHECK", expected], ["DEL", expected]],
      );
    });
  }
});

testWith("check and del are told what add was told", async (test) => {
  await test.run("add chain /x -p 80:80 --mac 02:00:00:00:00:0a");
  const added = test.requests[0]?.config.fields.object("runtimeConfig");
  test.requests.length = 0;
  await test.run("check chain /x");
  await test.run("del chain /x");
  const told = test.requests.filter(({ stdin }) => stdin.includes('"first"'))
    .map(({ config }) => config.fields.object("runtimeConfig"));
  assertEquals(told, [added, added]);
});

testWith("check and del tell programs what was done", async (test) => {
  const containerId = await containerIdOf("/x");
  const where = { containerId, netns: "/x" };
  await test.run("add -n chain -n single /x");
  for (const command of ["check", "del"]) {
    const { stdout } = await test.run(
      `${command} -n chain -n single /x --json`,
    );
    assertEquals(JSON.parse(stdout), {
      command,
      networks: [
        { network: "chain", ...where, ifname: "eth0" },
        { network: "single", ...where, ifname: "eth1" },
      ],
    });
  }
});

testWith("del goes back, last first, and may be repeated", async (test) => {
  await test.run("add -n chain -n single /x");
  test.log.length = 0;
  const { status, stdout } = await test.run("del -n chain -n single /x");
  assertEquals(status, 0);
  assertEquals(
    stdout,
    "eth1 is detached from single\neth0 is detached from chain\n",
  );
  const order = ["DEL first eth1", "DEL second eth0", "DEL first eth0"];
  assertEquals(test.log, order);
  assertEquals((await test.run("del -n chain -n single /x")).status, 0);
});

testWith("del detaches what it can", async (test) => {
  await test.run("add -n chain -n single /x");
  test.log.length = 0;
  test.failing.add("DEL first eth1");
  const { status, stderr } = await test.run("del -n chain -n single /x");
  assertEquals(status, 1);
  assertStringIncludes(stderr, "DEL first eth1 went wrong");
  assertEquals(test.log.length, 3);
});

testWith("del knows a network whose configuration is gone", async (test) => {
  await test.run("add chain /x");
  Deno.removeSync(`${test.configFolder}/10-chain.conflist`);
  const { status, stderr } = await test.run("del chain /x");
  assertEquals([status, stderr], [0, ""]);
  const unknown = await test.run("del chain /x");
  assertEquals(unknown.status, 1);
});

testWith("status asks every network", async (test) => {
  const ready = await test.run("status -n chain -n single");
  assertEquals([ready.status, ready.stdout], [
    0,
    "chain is ready\nsingle is ready\n",
  ]);
  assertEquals(test.log, ["STATUS first", "STATUS second"]);
  test.failing.add("STATUS second");
  const failed = await test.run("status chain");
  assertEquals([failed.status, failed.stdout], [
    1,
    "chain is not ready: STATUS second went wrong\n",
  ]);
  const { stdout } = await test.run("status chain --json");
  assertEquals(JSON.parse(stdout).networks, [{
    network: "chain",
    isReady: false,
    error: { code: 100, msg: "STATUS second went wrong" },
  }]);
});

testWith("gc keeps attachments whose namespace is there", async (test) => {
  await test.run(`add chain ${test.folder}/bin/first`);
  await test.run("add chain /gone -i eth1");
  await test.run("add single /gone");
  test.log.length = 0;
  const { status, stdout } = await test.run("gc chain");
  assertEquals([status, stdout], [
    0,
    "Cleaned up chain; kept 1 attachment\n",
  ]);
  assertEquals(test.log, [
    "DEL second eth1",
    "DEL first eth1",
    "GC first",
    "GC second",
  ]);
  const all = await test.run("gc chain --all --json");
  assertEquals(JSON.parse(all.stdout).networks, [{
    network: "chain",
    kept: [],
  }]);
});
