import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../spec/mod.ts";
import { parseSingleConfig } from "./parse_network_config.ts";
import { Runtime } from "./runtime.ts";
import { ATTACHMENT, testNetwork, testRuntime } from "./_testing.ts";

const ignore = Deno.build.os === "windows";

/** A test with a runtime of its own, on systems that have `sh` and links. */
function testWith(
  name: string,
  fn: (test: ReturnType<typeof testRuntime>) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore,
    async fn() {
      using test = testRuntime();
      await fn(test);
    },
  });
}

testWith(
  "add() calls the chain in order and caches the result",
  async (test) => {
    const network = testNetwork(undefined, { disableCheck: false });
    const attachment = {
      ...ATTACHMENT,
      args: [["IgnoreUnknown", "1"]] as const,
      capabilityArgs: { mac: "x" },
    };
    const { result, cniVersion } = await test.runtime.add(network, attachment);
    assertEquals(cniVersion, "1.1.0");
    assertEquals(result, {
      ips: [{ address: "10.0.0.2/24" }],
      routes: [{ dst: "10.9.0.0/16" }],
    });
    assertEquals(test.log, ["ADD first", "ADD second"]);
    assertEquals(test.inputs, [
      { cniVersion: "1.1.0", name: "net1", type: "first" },
      {
        cniVersion: "1.1.0",
        name: "net1",
        type: "second",
        prevResult: {
          cniVersion: "1.1.0",
          ips: [{ address: "10.0.0.2/24" }],
        },
      },
    ]);
    assertEquals(JSON.parse(test.cacheText()), {
      kind: "cniCacheV1",
      containerId: "c1",
      config: network.source.toBase64(),
      ifName: "eth0",
      networkName: "net1",
      netns: "/run/netns/c1",
      cniArgs: [["IgnoreUnknown", "1"]],
      capabilityArgs: { mac: "x" },
      result: {
        cniVersion: "1.1.0",
        ips: [{ address: "10.0.0.2/24" }],
        routes: [{ dst: "10.9.0.0/16" }],
      },
    });
    const cached = test.runtime.cachedAttachment(network, ATTACHMENT);
    assertEquals(cached?.capabilityArgs, { mac: "x" });
    assertEquals(test.runtime.cachedAttachments("c1").length, 1);
    assertEquals(test.runtime.cachedAttachments("c2").length, 0);
  },
);

Deno.test({
  name: "add() and del() work in every version",
  ignore,
  async fn(t) {
    const prevResults: Record<string, JsonObject | undefined> = {
      "": undefined,
      "0.1.0": undefined,
      "0.2.0": undefined,
      "0.3.0": undefined,
      "0.3.1": undefined,
      "0.4.0": {
        cniVersion: "0.4.0",
        ips: [{ version: "4", address: "10.0.0.2/24" }],
        dns: {},
      },
      "1.0.0": { cniVersion: "1.0.0", ips: [{ address: "10.0.0.2/24" }] },
      "1.1.0": { cniVersion: "1.1.0", ips: [{ address: "10.0.0.2/24" }] },
    };
    for (const [cniVersion, prevResult] of Object.entries(prevResults)) {
      await t.step(cniVersion || "none", async () => {
        using test = testRuntime();
        const network = testNetwork(["first"], { cniVersion });
        const reply = await test.runtime.add(network, ATTACHMENT);
        assertEquals(reply.cniVersion, cniVersion || "0.1.0");
        assertEquals(reply.result.ips, [{ address: "10.0.0.2/24" }]);
        await test.runtime.del(network, ATTACHMENT);
        assertEquals(test.inputs[1]?.prevResult, prevResult);
        assertEquals(test.runtime.cachedAttachments(), []);
      });
    }
  },
});

testWith(
  "add() asks the next plugin in the network's version",
  async (test) => {
    test.addScript(
      "old",
      `echo '{"cniVersion":"0.4.0","ips":[{"version":"4",` +
        `"address":"10.0.0.2/24"}],"dns":{}}'`,
    );
    const { runtime, inputs } = test;
    await runtime.add(testNetwork(["old", "second"]), ATTACHMENT);
    assertEquals(inputs[0]?.prevResult, {
      cniVersion: "1.1.0",
      ips: [{ address: "10.0.0.2/24" }],
    });
    const last = await runtime.add(testNetwork(["old"]), ATTACHMENT);
    assertEquals(last.cniVersion, "0.4.0");
    assertEquals(
      runtime.cachedResult(testNetwork(["old"]), ATTACHMENT)?.cniVersion,
      "1.1.0",
    );
  },
);

testWith("add() leaves a failed chain to its caller", async (test) => {
  test.failing.add("ADD second");
  const error = await assertRejects(
    () => test.runtime.add(testNetwork(), ATTACHMENT),
    CniError,
  );
  assertEquals(
    error.message,
    'plugin type="second" failed (add): ADD second went wrong',
  );
  assertEquals(error.code, 100);
  assertEquals(test.log, ["ADD first", "ADD second"]);
  assertEquals(test.runtime.cachedAttachments(), []);
});

testWith("add() with cleanUp calls DEL for what was called", async (test) => {
  test.failing.add("ADD second");
  const network = testNetwork(["first", "second", "first"]);
  const error = await assertRejects(
    () => test.runtime.add(network, ATTACHMENT, { cleanUp: true }),
    CniError,
  );
  assertEquals(error.code, 100);
  assertEquals(test.log, [
    "ADD first",
    "ADD second",
    "DEL second",
    "DEL first",
  ]);
  assertEquals(test.inputs[3]?.prevResult, {
    cniVersion: "1.1.0",
    ips: [{ address: "10.0.0.2/24" }],
  });
});

testWith(
  "add() with cleanUp goes on when a DEL fails, and says so",
  async (test) => {
    for (const entry of ["ADD second", "DEL second"]) test.failing.add(entry);
    const error = await assertRejects(
      () => test.runtime.add(testNetwork(), ATTACHMENT, { cleanUp: true }),
      CniError,
    );
    assertStringIncludes(error.message, "ADD second went wrong");
    assertStringIncludes(error.details, "DEL second went wrong");
    assertEquals(test.log.at(-1), "DEL first");
  },
);

testWith("add() with cleanUp tells every failure in order", async (test) => {
  const failing = ["ADD second", "DEL second", "DEL first"];
  for (const entry of failing) test.failing.add(entry);
  const error = await assertRejects(
    () => test.runtime.add(testNetwork(), ATTACHMENT, { cleanUp: true }),
    CniError,
  );
  assertEquals(
    error.details,
    "the clean-up failed too: DEL second went wrong, DEL first went wrong",
  );
});

testWith(
  "add() with cleanUp does not tell twice what keeps a plugin from working",
  async (test) => {
    test.addScript(
      "old",
      `echo '{"code":1,"msg":"incompatible CNI versions","details":"x"}'; exit 1`,
    );
    test.addScript(
      "wrong",
      `echo '{"code":7,"msg":"Cannot use mtu","details":"mtu is -1"}'; exit 1`,
    );
    Deno.writeTextFileSync(`${test.folder}/bin/plain`, "", { mode: 0o644 });
    const details: Record<string, string> = {
      old: "x",
      wrong: "mtu is -1",
      plain: `file ${test.folder}/bin/plain: make it an executable file`,
    };
    for (const [type, expected] of Object.entries(details)) {
      const error = await assertRejects(
        () =>
          test.runtime.add(testNetwork(["first", type]), ATTACHMENT, {
            cleanUp: true,
          }),
        CniError,
      );
      assertEquals(error.details, expected);
    }
    const once = ["ADD first", "DEL first"];
    assertEquals(test.log, [...once, ...once, ...once]);
  },
);

testWith(
  "add() with cleanUp spares an attachment that stood before",
  async (test) => {
    const network = testNetwork();
    await test.runtime.add(network, ATTACHMENT);
    test.failing.add("ADD first");
    test.log.length = 0;
    await assertRejects(
      () => test.runtime.add(network, ATTACHMENT, { cleanUp: true }),
      CniError,
    );
    assertEquals(test.log, ["ADD first"]);
    assertEquals(test.runtime.cachedAttachments().length, 1);
  },
);

testWith("add() with cleanUp undoes what could not be cached", async (test) => {
  const inTheWay = `${test.cacheDir}/results/net1-c1-eth0`;
  test.addScript("blocker", `mkdir -p ${inTheWay}; echo '{}'`);
  const network = testNetwork(["first", "blocker", "second"]);
  await assertRejects(
    () => test.runtime.add(network, ATTACHMENT, { cleanUp: true }),
    CniError,
    'failed to set network "net1" cached result',
  );
  assertEquals(test.log.slice(2), ["DEL second", "DEL first"]);
});

testWith(
  "add() makes sure of the cache before it calls a plugin",
  async (test) => {
    Deno.mkdirSync(test.cacheDir);
    Deno.writeTextFileSync(`${test.cacheDir}/results`, "in the way");
    await assertRejects(
      () => test.runtime.add(testNetwork(), ATTACHMENT),
      CniError,
      'failed to set network "net1" cached result',
    );
    assertEquals(test.log, []);
  },
);

testWith("add() finds every plugin before it calls one", async (test) => {
  const error = await assertRejects(
    () => test.runtime.add(testNetwork(["first", "nope"]), ATTACHMENT),
    CniError,
  );
  assertStringIncludes(
    error.message,
    'plugin type="nope" failed (add): failed to find plugin "nope" in path [',
  );
  assertEquals(test.log, []);
});

testWith("check() calls no plugin for what was not added", async (test) => {
  const { runtime, log } = test;
  const network = testNetwork();
  const act = () => runtime.check(network, ATTACHMENT);
  assertEquals((await assertRejects(act, CniError)).code, 3);
  await runtime.add(network, ATTACHMENT);
  await runtime.check(network, ATTACHMENT);
  await runtime.del(network, ATTACHMENT);
  log.length = 0;
  await assertRejects(act, CniError);
  assertEquals(log, []);
});

testWith("add(), check() and del() refuse illegal names", async (test) => {
  const { runtime, log } = test;
  const faults = [
    [{ ...ATTACHMENT, containerId: "" }, CniCode.UnknownContainer, {}],
    [{ ...ATTACHMENT, containerId: "a/b" }, CniCode.InvalidEnvironment, {}],
    [{ ...ATTACHMENT, ifname: "a b" }, CniCode.InvalidEnvironment, {}],
    [ATTACHMENT, CniCode.InvalidConfig, { name: "../x" }],
  ] as const;
  for (const [attachment, code, more] of faults) {
    const network = testNetwork(undefined, more);
    for (const verb of ["add", "check", "del"] as const) {
      const act = () => runtime[verb](network, attachment);
      const error = await assertRejects(act, CniError);
      assertEquals(error.code, code);
    }
  }
  assertEquals(log, []);
});

testWith("add() refuses arguments that cannot be written", async (test) => {
  const attachment = { ...ATTACHMENT, args: [["A", "1;B=2"]] as const };
  await assertRejects(
    () => test.runtime.add(testNetwork(), attachment),
    CniError,
    'ARGS: invalid pair "A=1;B=2"',
  );
});

testWith(
  "check() passes the cached result, and stops at an error",
  async (test) => {
    const network = testNetwork();
    await test.runtime.add(network, ATTACHMENT);
    test.log.length = 0;
    await test.runtime.check(network, ATTACHMENT);
    assertEquals(test.log, ["CHECK first", "CHECK second"]);
    const prevResult = {
      cniVersion: "1.1.0",
      ips: [{ address: "10.0.0.2/24" }],
      routes: [{ dst: "10.9.0.0/16" }],
    };
    assertEquals(test.inputs[2]?.prevResult, prevResult);
    test.failing.add("CHECK first");
    const error = await assertRejects(
      () => test.runtime.check(network, ATTACHMENT),
      CniError,
    );
    assertEquals(error.message, "CHECK first went wrong");
    assertEquals(test.log.length, 3);
  },
);

testWith("check() minds the version before disableCheck", async (test) => {
  const check = (more: JsonObject) =>
    test.runtime.check(testNetwork(undefined, more), ATTACHMENT);
  await check({ disableCheck: true });
  const error = await assertRejects(
    () => check({ cniVersion: "0.3.1", disableCheck: true }),
    CniError,
  );
  assertEquals(
    error.message,
    'configuration version "0.3.1" does not support the CHECK command',
  );
  assertEquals(test.log, []);
});

testWith("check() reports a broken cache, del() goes on", async (test) => {
  const network = testNetwork();
  await test.runtime.add(network, ATTACHMENT);
  Deno.writeTextFileSync(`${test.cacheDir}/results/net1-c1-eth0`, "{");
  await assertRejects(
    () => test.runtime.check(network, ATTACHMENT),
    CniError,
    'failed to get network "net1" cached result',
  );
  test.log.length = 0;
  await test.runtime.del(network, ATTACHMENT);
  assertEquals(test.log, ["DEL second", "DEL first"]);
  assertEquals([...Deno.readDirSync(`${test.cacheDir}/results`)], []);
});

testWith(
  "del() is repeatable, and keeps the cache until it is done",
  async (test) => {
    const network = testNetwork();
    await test.runtime.add(network, ATTACHMENT);
    test.failing.add("DEL first");
    const error = await assertRejects(
      () => test.runtime.del(network, ATTACHMENT),
      CniError,
    );
    assertEquals(
      error.message,
      'plugin type="first" failed (delete): DEL first went wrong',
    );
    assertEquals(test.runtime.cachedAttachments().length, 1);
    test.failing.clear();
    await test.runtime.del(network, ATTACHMENT);
    assertEquals(test.runtime.cachedAttachments(), []);
    await test.runtime.del(network, ATTACHMENT);
    assertEquals(test.inputs.at(-1)?.prevResult, undefined);
  },
);

testWith("a single configuration's errors come as they are", async (test) => {
  const network = parseSingleConfig(
    '{"cniVersion":"1.0.0","name":"net1","type":"first"}',
  );
  await test.runtime.add(network, ATTACHMENT);
  assertEquals(JSON.parse(test.cacheText()).config, network.source.toBase64());
  test.failing.add("DEL first");
  const error = await assertRejects(
    () => test.runtime.del(network, ATTACHMENT),
    CniError,
  );
  assertEquals(error.message, "DEL first went wrong");
});

testWith(
  "status() asks from 1.1.0 on, and keeps the plugin's error",
  async (test) => {
    await test.runtime.status(testNetwork(undefined, { cniVersion: "1.0.0" }));
    assertEquals(test.log, []);
    await test.runtime.status(testNetwork());
    assertEquals(test.log, ["STATUS first", "STATUS second"]);
    test.failing.add("STATUS first");
    const error = await assertRejects(
      () => test.runtime.status(testNetwork()),
      CniError,
    );
    assertEquals([error.code, error.message], [100, "STATUS first went wrong"]);
    await assertRejects(
      () => test.runtime.status(testNetwork(undefined, { cniVersion: "x" })),
      CniError,
    );
  },
);

testWith("gc() deletes what is stale, then calls the plugins", async (test) => {
  const network = testNetwork();
  const other = testNetwork(["first"], { name: "net2" });
  const stale = { ...ATTACHMENT, containerId: "c2" };
  await test.runtime.add(network, ATTACHMENT);
  await test.runtime.add(network, stale);
  await test.runtime.add(other, stale);
  test.log.length = test.inputs.length = 0;
  await test.runtime.gc(network, [{ containerId: "c1", ifname: "eth0" }]);
  assertEquals(test.log, ["DEL second", "DEL first", "GC first", "GC second"]);
  assertEquals(test.inputs[2]?.["cni.dev/valid-attachments"], [
    { containerID: "c1", ifname: "eth0" },
  ]);
  assertEquals(
    test.runtime.cachedAttachments().map((one) =>
      `${one.networkName} ${one.containerId}`
    ),
    ["net1 c1", "net2 c2"],
  );
});

testWith("gc() refuses an illegal network name as del() does", async (test) => {
  const network = testNetwork(undefined, { name: "../x" });
  const [own, other] = [
    await assertRejects(() => test.runtime.gc(network, []), CniError),
    await assertRejects(() => test.runtime.del(network, ATTACHMENT), CniError),
  ];
  // Not what plugins would say about it.
  assertEquals([own.code, own.message], [other.code, other.message]);
  assertEquals(test.log, []);
});

testWith("gc() deletes with what ADD was given", async (test) => {
  const plugins = [{ type: "first", capabilities: { mac: true } }];
  const network = testNetwork([], { plugins });
  await test.runtime.add(network, {
    ...ATTACHMENT,
    args: [["IP", "10.0.0.2"], ["IgnoreUnknown", "1"]],
    capabilityArgs: { mac: "02:00:00:00:00:0a" },
  });
  await test.runtime.gc(network, []);
  assertEquals(test.log, ["ADD first", "DEL first", "GC first"]);
  const [added, deleted] = test.requests;
  for (const request of [added, deleted]) {
    assertEquals(request?.args, "IP=10.0.0.2;IgnoreUnknown=1");
    assertEquals(request?.netns, "/run/netns/c1");
    assertEquals(JSON.parse(request!.stdin).runtimeConfig, {
      mac: "02:00:00:00:00:0a",
    });
  }
});

testWith("gc() goes on after errors, and reports them all", async (test) => {
  const network = testNetwork();
  await test.runtime.add(network, ATTACHMENT);
  for (const entry of ["DEL second", "GC first"]) test.failing.add(entry);
  const error = await assertRejects(
    () => test.runtime.gc(network, []),
    CniError,
  );
  assertEquals(
    error.message,
    "failed to delete stale attachment c1 eth0: " +
      'plugin type="second" failed (delete): DEL second went wrong\n' +
      "failed to GC plugin first: GC first went wrong",
  );
  assertEquals(test.log.at(-1), "GC second");
});

testWith(
  "gc() does nothing if it is disabled, and only DEL before 1.1.0",
  async (test) => {
    const disabled = testNetwork(undefined, { disableGC: true });
    await test.runtime.add(disabled, ATTACHMENT);
    test.log.length = 0;
    await test.runtime.gc(disabled, []);
    assertEquals(test.log, []);
    await test.runtime.gc(testNetwork(undefined, { cniVersion: "1.0.0" }), []);
    assertEquals(test.log, ["DEL second", "DEL first"]);
  },
);

testWith(
  "validate() asks every plugin, and collects what is wrong",
  async (test) => {
    const plugins = [
      { type: "first", capabilities: { mac: true, dns: false } },
      { type: "second", capabilities: { mac: true, ips: true } },
    ];
    const network = testNetwork(undefined, { plugins });
    assertEquals(await test.runtime.validate(network), ["mac", "ips"]);
    assertEquals(test.log, []);
    test.addScript(
      "old",
      `echo '{"cniVersion":"0.2.0","supportedVersions":["0.1.0"]}'`,
    );
    const error = await assertRejects(
      () => test.runtime.validate(testNetwork(["old", "nope"])),
      CniError,
    );
    assertStringIncludes(
      error.message,
      '[plugin old does not support config version "1.1.0"',
    );
    assertStringIncludes(error.message, 'failed to find plugin "nope"');
    const { supportedVersions } = await test.runtime.versionInfo("old");
    assertEquals(supportedVersions, ["0.1.0"]);
  },
);

testWith("add() ends a plugin that hangs, and cleans up", async (test) => {
  test.addScript(
    "hangs",
    `if [ "$CNI_COMMAND" = ADD ]; then echo waiting >&2; sleep 60; fi`,
  );
  const { runtime, warnings } = test;
  const network = testNetwork(["hangs"]);
  const error = await assertRejects(
    () => runtime.add(network, ATTACHMENT, { timeoutMs: 150, cleanUp: true }),
    CniError,
    "timed out after 150 ms",
  );
  assertStringIncludes(error.details, "waiting");
  assertEquals(warnings, []);
});

testWith(
  "add() stops at an abort, which does not stop the clean-up",
  async (test) => {
    const note = `${test.folder}/deleted`;
    test.addScript(
      "hangs",
      `if [ "$CNI_COMMAND" = ADD ]; then sleep 60; else touch ${note}; fi`,
    );
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new Error("Ctrl-C")), 50);
    await assertRejects(
      () =>
        test.runtime.add(testNetwork(["hangs"]), ATTACHMENT, {
          signal: controller.signal,
          cleanUp: true,
        }),
      CniError,
      "Ctrl-C",
    );
    clearTimeout(timer);
    assertEquals(Deno.statSync(note).isFile, true);
  },
);

testWith("a plugin's garbage is quoted, its stderr handed on", async (test) => {
  test.addScript("garbage", "echo hello; echo log >&2; exit 3");
  const error = await assertRejects(
    () => test.runtime.add(testNetwork(["garbage"]), ATTACHMENT),
    CniError,
  );
  assertStringIncludes(error.message, '"hello\\n"');
  assertEquals(test.warnings, ["log"]);
});

Deno.test("Runtime touches nothing when it is made", {
  permissions: "none",
}, () => {
  assertEquals(new Runtime({ path: ["/nope"] }) instanceof Runtime, true);
});
