import { assertEquals, assertStringIncludes } from "@std/assert";
import { CniCode, CniError, type JsonObject } from "../../../lib/spec/mod.ts";
import { createNode, defaultDelegate, errorIn, type Node } from "./_call.ts";
import { formatDelegate } from "./delegate_text.ts";

/** The text that the delegate of a {@linkcode createNode} gets. */
function delegateText(
  { name = "n1", ...keys }: JsonObject & { name?: string } = {},
): string {
  return formatDelegate({ ...defaultDelegate(name), ...keys });
}

const SUCCESS = { status: 0, stdout: "", stderr: "" };

function failing(): never {
  throw new CniError(CniCode.TryAgainLater, "busy", { details: "later" });
}

Deno.test("flannel ADD saves, then delegates, and returns the result", async () => {
  using node = createNode();
  let atDelegation = {};
  node.onDelegate(() => atDelegation = node.state());
  const { status, stdout } = await node.call("ADD");
  assertEquals([status, JSON.parse(stdout)], [0, {
    cniVersion: "1.1.0",
    ips: [{ address: "10.1.17.2/24" }],
  }]);
  assertEquals(node.delegated, [{
    type: defaultDelegate().type,
    command: "ADD",
    containerId: "c1",
    ifname: "eth0",
    netns: "/run/netns/none",
    stdin: delegateText(),
  }]);
  assertEquals(atDelegation, { c1: delegateText() });
  assertEquals(node.state(), { c1: delegateText() });
  if (Deno.build.os !== "windows") {
    assertEquals(Deno.statSync(node.dataDir).mode! & 0o777, 0o700);
    assertEquals(Deno.statSync(`${node.dataDir}/c1`).mode! & 0o777, 0o600);
  }
});

Deno.test("flannel ADD that fails leaves what was there before", async (t) => {
  await t.step("nothing", async () => {
    using node = createNode();
    node.onDelegate(failing);
    const error = errorIn(await node.call("ADD"));
    assertEquals([error.code, error.message, error.details], [
      ...[11, "busy", "later"],
    ]);
    assertEquals(node.state(), {});
  });
  await t.step("another interface's state", async () => {
    using node = createNode();
    await node.call("ADD");
    node.onDelegate(failing);
    const config = { delegate: { bridge: "b1" } };
    await node.call("ADD", { config, ifname: "eth1" });
    assertEquals(node.state(), { c1: delegateText() });
  });
  await t.step("another network's state", async () => {
    using node = createNode();
    await node.call("ADD");
    node.onDelegate(failing);
    await node.call("ADD", { config: { name: "n2" }, ifname: "eth1" });
    assertEquals(node.state(), { c1: delegateText() });
  });
});

Deno.test("flannel ADD finds out first, and then writes", async (t) => {
  const file = (text: string | undefined) => (node: Node) => {
    if (text === undefined) Deno.removeSync(node.subnetFile);
    else Deno.writeTextFileSync(node.subnetFile, text);
  };
  const nothing = () => {};
  const cases: Record<
    string,
    readonly [number, string, (node: Node) => void, object]
  > = {
    "no subnet file": [
      CniCode.TryAgainLater,
      "failed to load flannel 'subnet.env' file: open ",
      file(undefined),
      {},
    ],
    "an empty one": [CniCode.InvalidConfig, "is missing", file(""), {}],
    "a folder in its place": [
      CniCode.IoFailure,
      "failed to load flannel 'subnet.env' file: ",
      (node) => {
        Deno.removeSync(node.subnetFile);
        Deno.mkdirSync(node.subnetFile);
      },
      {},
    ],
    "delegate is a list": [CniCode.InvalidConfig, "delegate", nothing, {
      config: { delegate: [1] },
    }],
    "a plugin that does not exist": [
      CniCode.InvalidConfig,
      'failed to delegate add: failed to find plugin "none" in path',
      nothing,
      { config: { delegate: { type: "none" } } },
    ],
    "no plugin": [CniCode.InvalidConfig, "no plugin name provided", nothing, {
      config: { delegate: { type: "" } },
    }],
    "a way out of the folder": [
      CniCode.InvalidConfig,
      "invalid plugin name: ../x",
      nothing,
      { config: { delegate: { type: "../x" } } },
    ],
  };
  for (const [why, [code, fragment, prepare, call]] of Object.entries(cases)) {
    await t.step(why, async () => {
      using node = createNode();
      prepare(node);
      const error = errorIn(await node.call("ADD", call));
      assertEquals(error.code, code);
      assertStringIncludes(error.message, fragment);
      assertEquals([node.state(), node.delegated], [{}, []]);
    });
  }
});

Deno.test("flannel DEL uses what was saved, and forgets it", async (t) => {
  await t.step("though all has changed since", async () => {
    using node = createNode();
    await node.call("ADD");
    Deno.writeTextFileSync(node.subnetFile, "FLANNEL_MTU");
    const config = { delegate: { type: "other", name: 1 }, ipam: "x" };
    assertEquals(await node.call("DEL", { config }), SUCCESS);
    assertEquals(node.delegated.at(-1)?.stdin, delegateText());
    assertEquals(node.state(), {});
  });
  await t.step("not if the delegate fails", async () => {
    using node = createNode();
    await node.call("ADD");
    node.onDelegate(failing);
    assertEquals(errorIn(await node.call("DEL")).code, 11);
    assertEquals(node.state(), { c1: delegateText() });
    node.onDelegate(() => {});
    assertEquals(await node.call("DEL"), SUCCESS);
    assertEquals(node.state(), {});
  });
  await t.step("from stateDir, the older name of dataDir", async () => {
    using node = createNode();
    const stateDir = `${node.dataDir}-2`;
    const config = { dataDir: null, stateDir };
    await node.call("ADD", { config });
    assertEquals(Deno.readTextFileSync(`${stateDir}/c1`), delegateText());
    assertEquals(node.state(), {});
    await node.call("DEL", { config });
    assertEquals([...Deno.readDirSync(stateDir)].map(({ name }) => name), [
      ".tmp",
    ]);
  });
  await t.step("what the reference has saved, to the byte", async () => {
    using node = createNode();
    Deno.mkdirSync(node.dataDir);
    const text = '{ "type":"other", "name":"n1", "x":1.50 }\n';
    Deno.writeTextFileSync(`${node.dataDir}/c1`, text);
    assertEquals(await node.call("DEL"), SUCCESS);
    const [{ type, stdin } = {}, ...others] = node.delegated;
    assertEquals([type, stdin, others], ["other", text, []]);
    assertEquals(node.state(), {});
  });
});

Deno.test("flannel DEL cleans what it can without state", async (t) => {
  await t.step("as an ADD would attach now", async () => {
    using node = createNode();
    assertEquals(await node.call("DEL"), SUCCESS);
    assertEquals(await node.call("DEL"), SUCCESS);
    const expected = { command: "DEL", stdin: delegateText() };
    assertEquals(
      node.delegated.map(({ command, stdin }) => ({ command, stdin })),
      [expected, expected],
    );
  });
  await t.step("which fails if it could not be told", async () => {
    using node = createNode();
    node.onDelegate(failing);
    assertEquals(errorIn(await node.call("DEL")).code, 11);
  });
  await t.step("which tells what is wrong for good, once", async () => {
    using node = createNode();
    node.onDelegate(() => {
      throw new CniError(CniCode.Internal, "broken", { details: "for good" });
    });
    assertEquals(await node.call("DEL"), SUCCESS);
    assertStringIncludes(node.warnings.join(), "broken; for good");
    const config = { prevResult: { cniVersion: "1.1.0" } };
    assertEquals(errorIn(await node.call("DEL", { config })).code, 999);
  });
  const lost: Record<string, (file: string) => void> = {
    "there is no subnet file": (file) => Deno.removeSync(file),
    "the subnet file is cut off": (file) => Deno.writeTextFileSync(file, "FL"),
  };
  for (const [why, prepare] of Object.entries(lost)) {
    await t.step(`by what prevResult tells if ${why}`, async () => {
      using node = createNode();
      prepare(node.subnetFile);
      const ips = [{ address: "10.1.17.2/24" }, { address: "fc00::2/64" }];
      const config = { prevResult: { cniVersion: "1.1.0", ips } };
      assertEquals(await node.call("DEL", { config }), SUCCESS);
      assertEquals(await node.call("DEL"), SUCCESS);
      const given = node.delegated.map(({ stdin }) => JSON.parse(stdin));
      assertEquals(
        given.map(({ ipMasq, name, ipam: { type } }) => [ipMasq, name, type]),
        [[true, "n1", "host-local"], [true, "n1", "host-local"]],
      );
      assertEquals(given.map(({ ipam: { ranges } }) => ranges), [
        [[{ subnet: "10.1.17.0/24" }], [{ subnet: "fc00::/64" }]],
        [[{ subnet: "192.0.2.0/24" }]],
      ]);
    });
  }
  const unmakeable: Record<string, JsonObject> = {
    "the delegate is none": { delegate: "x" },
    "the plugin does not exist": { delegate: { type: "none" } },
  };
  for (const [why, config] of Object.entries(unmakeable)) {
    await t.step(`nothing, which is told, if ${why}`, async () => {
      using node = createNode();
      assertEquals(await node.call("DEL", { config }), SUCCESS);
      assertEquals([node.delegated, node.warnings.length], [[], 1]);
      const prevResult = { cniVersion: "1.1.0" };
      const known = { config: { ...config, prevResult } };
      assertEquals((await node.call("DEL", known)).status, 1);
    });
  }
});

Deno.test("flannel DEL says what to do about state that is none", async (t) => {
  const texts = ["", "{", "[]", '{"name":"n1"}', '{"name":"n1","type":1}'];
  for (const text of texts) {
    await t.step(JSON.stringify(text), async () => {
      using node = createNode();
      Deno.mkdirSync(node.dataDir);
      Deno.writeTextFileSync(`${node.dataDir}/c1`, text);
      const error = errorIn(await node.call("DEL"));
      assertEquals(error.code, CniCode.DecodingFailure);
      assertStringIncludes(error.message, `${node.dataDir}/c1`);
      assertEquals(node.delegated.map(({ stdin }) => stdin), [delegateText()]);
      assertEquals(node.state(), {});
      assertEquals(await node.call("DEL"), SUCCESS);
    });
  }
  await t.step("and keeps it while there is no other way", async () => {
    using node = createNode();
    Deno.mkdirSync(node.dataDir);
    Deno.writeTextFileSync(`${node.dataDir}/c1`, "{");
    const config = { delegate: { type: "none" } };
    const error = errorIn(await node.call("DEL", { config }));
    assertEquals(error.code, CniCode.DecodingFailure);
    assertStringIncludes(error.details, "none");
    assertEquals(node.state(), { c1: "{" });
  });
});

Deno.test("flannel keeps two networks of a container apart", async (t) => {
  const second = { config: { name: "n2" }, ifname: "eth1" };
  for (const order of ["first in, first out", "last in, first out"]) {
    await t.step(order, async () => {
      using node = createNode();
      await node.call("ADD");
      await node.call("ADD", second);
      assertEquals(node.state(), {
        "c1": delegateText(),
        "c1@n2": delegateText({ name: "n2" }),
      });
      const dels = [() => node.call("DEL"), () => node.call("DEL", second)];
      if (order.startsWith("last")) dels.reverse();
      for (const del of dels) assertEquals(await del(), SUCCESS);
      const stdins = node.delegated.slice(2).map(({ stdin }) => stdin);
      const expected = [delegateText(), delegateText({ name: "n2" })];
      if (order.startsWith("last")) expected.reverse();
      assertEquals(stdins, expected);
      assertEquals(node.state(), {});
    });
  }
  await t.step("where the reference has kept the last one only", async () => {
    using node = createNode();
    await node.call("ADD", second);
    await node.call("DEL");
    await node.call("DEL", second);
    assertEquals(
      node.delegated.slice(1).map(({ stdin, ifname }) => [stdin, ifname]),
      [
        [delegateText({ name: "n2" }), "eth0"],
        [delegateText(), "eth0"],
        [delegateText({ name: "n2" }), "eth1"],
      ],
    );
  });
});

Deno.test("flannel CHECK has the delegate check", async (t) => {
  const prevResult = { cniVersion: "1.1.0", ips: [] };
  const config = { prevResult };
  await t.step("with what was saved", async () => {
    using node = createNode();
    await node.call("ADD");
    Deno.removeSync(node.subnetFile);
    assertEquals(await node.call("CHECK", { config }), SUCCESS);
    assertEquals(node.delegated.at(-1)?.stdin, delegateText(config));
    assertEquals(node.state(), { c1: delegateText() });
  });
  await t.step("with what would be attached now", async () => {
    using node = createNode();
    assertEquals(await node.call("CHECK", { config }), SUCCESS);
    assertEquals(node.delegated.at(-1)?.stdin, delegateText(config));
  });
  await t.step("and returns its error", async () => {
    using node = createNode();
    node.onDelegate(failing);
    assertEquals(errorIn(await node.call("CHECK", { config })).code, 11);
  });
});

Deno.test("flannel STATUS tells whether an ADD could be served", async (t) => {
  await t.step("it could", async () => {
    using node = createNode();
    assertEquals(await node.call("STATUS"), SUCCESS);
    const [{ command, stdin } = {}] = node.delegated;
    assertEquals([command, stdin], ["STATUS", delegateText()]);
    assertEquals(node.state(), {});
  });
  await t.step("flanneld has written nothing", async () => {
    using node = createNode();
    Deno.removeSync(node.subnetFile);
    const error = errorIn(await node.call("STATUS"));
    assertEquals(error.code, CniCode.NotAvailable);
    assertStringIncludes(error.message, "no such file or directory");
  });
  await t.step("flanneld has written something else", async () => {
    using node = createNode();
    Deno.writeTextFileSync(node.subnetFile, "FLANNEL_MTU=x");
    const error = errorIn(await node.call("STATUS"));
    assertEquals(error.code, CniCode.NotAvailable);
  });
  await t.step("the delegate is not ready", async () => {
    using node = createNode();
    node.onDelegate(failing);
    assertEquals(errorIn(await node.call("STATUS")).code, 11);
  });
});

Deno.test("flannel GC detaches containers that are not valid", async (t) => {
  const valid = [{ containerID: "c1", ifname: "eth0" }];
  const config = { "cni.dev/valid-attachments": valid };
  const prepare = async (node: Node) => {
    for (const containerId of ["c1", "c2"]) {
      await node.call("ADD", { containerId });
    }
    const other = { config: { name: "n2" } };
    await node.call("ADD", { ...other, containerId: "c2" });
    await node.call("ADD", { ...other, containerId: "c3" });
    Deno.writeTextFileSync(`${node.dataDir}/c4`, "{");
  };
  const others = {
    "c2@n2": delegateText({ name: "n2" }),
    "c3": delegateText({ name: "n2" }),
    "c4": "{",
  };
  const calls = (node: Node) =>
    node.delegated.slice(4).map(({ command, containerId, ifname, stdin }) => [
      ...[command, containerId, ifname, stdin],
    ]);
  await t.step("and those of this network only", async () => {
    using node = createNode();
    await prepare(node);
    assertEquals(await node.call("GC", { config }), SUCCESS);
    assertEquals(calls(node), [
      ["DEL", "c2", "eth0", delegateText()],
      ["GC", "c1", "eth0", delegateText(config)],
    ]);
    assertEquals(node.state(), { c1: delegateText(), ...others });
  });
  await t.step("all of them by an empty list", async () => {
    using node = createNode();
    await prepare(node);
    const empty = { "cni.dev/valid-attachments": [] };
    assertEquals(await node.call("GC", { config: empty }), SUCCESS);
    assertEquals(node.state(), others);
  });
  await t.step("none without a list", async () => {
    using node = createNode();
    await prepare(node);
    assertEquals(await node.call("GC"), SUCCESS);
    assertEquals(calls(node).map(([command]) => command), ["GC"]);
    assertEquals(Object.keys(node.state()).length, 5);
  });
  await t.step("without a subnet file", async () => {
    using node = createNode();
    await prepare(node);
    Deno.removeSync(node.subnetFile);
    assertEquals(await node.call("GC", { config }), SUCCESS);
    assertEquals(calls(node).at(-1)?.at(-1), delegateText(config));
  });
  await t.step(
    "and forgets ids that are too long for a file's name",
    async () => {
      using node = createNode();
      const [kept, gone] = ["1", "2"].map((end) => "c".repeat(300) + end);
      for (const containerId of [kept!, gone!]) {
        await node.call("ADD", { containerId });
        // A second network's file, whose name is cut as a whole.
        await node.call("ADD", { containerId, config: { name: "n2" } });
      }
      assertEquals(Object.keys(node.state()).length, 4);
      const list = [{ containerID: kept!, ifname: "eth0" }];
      const long = { "cni.dev/valid-attachments": list };
      assertEquals(await node.call("GC", { config: long }), SUCCESS);
      assertEquals(Object.keys(node.state()).length, 3);
      const of = { ...long, name: "n2" };
      assertEquals(await node.call("GC", { config: of }), SUCCESS);
      assertEquals(Object.keys(node.state()).length, 2);
      // What is left is that of the container that is valid.
      assertEquals(await node.call("DEL", { containerId: kept! }), SUCCESS);
      const two = { containerId: kept!, config: { name: "n2" } };
      assertEquals(await node.call("DEL", two), SUCCESS);
      assertEquals(node.state(), {});
    },
  );
  await t.step("but keeps the state if the delegate fails", async () => {
    using node = createNode();
    await prepare(node);
    node.onDelegate(failing);
    const error = errorIn(await node.call("GC", { config }));
    assertEquals(error.details, "busy; later\nbusy; later");
    assertEquals(Object.keys(node.state()).length, 5);
  });
});
