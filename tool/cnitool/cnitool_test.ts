import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { definePlugin, type Request } from "../../lib/plugin/mod.ts";
import { CniError, type JsonObject } from "../../lib/spec/mod.ts";
import { containerIdOf } from "../container_id.ts";
import { cnitool } from "./cnitool.ts";

/** What a run of the tool left behind. */
interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The tool with plugins and folders of its own. */
interface TestTool extends Disposable {
  readonly folder: string;
  readonly cacheDir: string;
  /** The requests that plugins got. */
  readonly requests: Request[];
  /** Variables besides the two folders. */
  readonly variables: Record<string, string>;
  /** Makes plugins fail: `ADD second`. */
  readonly failing: Set<string>;
  /** Runs a command line. */
  run(line: string): Promise<Outcome>;
}

const NETWORKS: Readonly<Record<string, JsonObject>> = {
  "10-chain.conflist": {
    cniVersion: "1.1.0",
    name: "chain",
    plugins: [{ type: "first", capabilities: { mac: true } }, {
      type: "second",
    }],
  },
  "20-single.conf": { cniVersion: "0.2.0", name: "single", type: "first" },
  "30-middle.json": { cniVersion: "0.4.0", name: "middle", type: "first" },
};

function testTool(): TestTool {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  const bin = `${folder}/bin`;
  const configs = `${folder}/net.d`;
  const cacheDir = `${folder}/cache`;
  Deno.mkdirSync(bin);
  Deno.mkdirSync(configs);
  for (const [name, config] of Object.entries(NETWORKS)) {
    Deno.writeTextFileSync(`${configs}/${name}`, JSON.stringify(config));
  }
  Deno.writeTextFileSync(`${bin}/cni`, "");
  const requests: Request[] = [];
  const failing = new Set<string>();
  const note = (name: string, request: Request) => {
    requests.push(request);
    const entry = `${request.command} ${name}`;
    if (failing.has(entry)) throw new CniError(100, `${entry} went wrong`);
    return Promise.resolve();
  };
  const registry = new Map(["first", "second"].map((name) => {
    Deno.symlinkSync(`${bin}/cni`, `${bin}/${name}`);
    const plugin = definePlugin({
      name,
      add: async (request, context) => {
        await note(name, request);
        context.warn(`${name} adds`);
        return { ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1" }] };
      },
      check: (request) => note(name, request),
      del: (request) => note(name, request),
      gc: (request) => note(name, request),
      status: (request) => note(name, request),
    });
    return [name, () => Promise.resolve(plugin)] as const;
  }));
  const variables: Record<string, string> = {
    NETCONFPATH: configs,
    CNI_PATH: bin,
  };
  return {
    folder,
    cacheDir,
    requests,
    variables,
    failing,
    async run(line) {
      let [stdout, stderr] = ["", ""];
      const status = await cnitool(
        line.split(" ").filter((word) => word !== ""),
        {
          programVersion: "1.2.3",
          process: {
            env: (name) => variables[name] ?? "",
            writeStdout: (text) => void (stdout += text),
            writeStderr: (text) => void (stderr += text),
            cwd: () => "/srv/here",
          },
          registry,
          self: `${bin}/cni`,
          cacheDir,
        },
      );
      return { status, stdout, stderr };
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** A test with a tool of its own, on systems that have links. */
function testWith(
  name: string,
  fn: (tool: TestTool, t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    async fn(t) {
      using tool = testTool();
      await fn(tool, t);
    },
  });
}

testWith(
  "cnitool() add prints each version's result, without a newline",
  async (tool, t) => {
    const results: Record<string, string> = {
      chain: `{
    "cniVersion": "1.1.0",
    "ips": [
        {
            "address": "10.0.0.2/24",
            "gateway": "10.0.0.1"
        }
    ]
}`,
      middle: `{
    "cniVersion": "0.4.0",
    "ips": [
        {
            "version": "4",
            "address": "10.0.0.2/24",
            "gateway": "10.0.0.1"
        }
    ],
    "dns": {}
}`,
      single: `{
    "cniVersion": "0.2.0",
    "ip4": {
        "ip": "10.0.0.2/24",
        "gateway": "10.0.0.1"
    },
    "dns": {}
}`,
    };
    for (const [network, stdout] of Object.entries(results)) {
      await t.step(network, async () => {
        const outcome = await tool.run(`add ${network} /x/y`);
        assertEquals([outcome.status, outcome.stdout], [0, stdout]);
        assertStringIncludes(outcome.stderr, "first adds\n");
      });
    }
  },
);

testWith("cnitool() hands the environment to the plugins", async (tool) => {
  Object.assign(tool.variables, {
    CNI_ARGS: "IgnoreUnknown=1;IP=10.0.0.9",
    CAP_ARGS: '{"mac":"x","ips":[]}',
    CNI_IFNAME: "net7",
  });
  assertEquals((await tool.run("add chain ../run/./ns/")).status, 0);
  const [first, second] = tool.requests as [Request, Request];
  const netns = "/srv/run/ns";
  assertEquals(
    [first.containerId, first.netns, first.ifname, first.args, first.path],
    [
      await containerIdOf(netns),
      netns,
      "net7",
      "IgnoreUnknown=1;IP=10.0.0.9",
      tool.variables.CNI_PATH,
    ],
  );
  assertEquals(JSON.parse(first.stdin).runtimeConfig, { mac: "x" });
  assertEquals(JSON.parse(second.stdin).runtimeConfig, undefined);
  await tool.run("add chain /x -i eth9");
  assertEquals(tool.requests.at(-1)?.ifname, "eth9");
  tool.variables.CNI_IFNAME = "";
  await tool.run("add chain /x");
  assertEquals(tool.requests.at(-1)?.ifname, "eth0");
});

testWith("cnitool() keeps the cache as the reference does", async (tool) => {
  await tool.run("add chain /x/y");
  const results = `${tool.cacheDir}/results`;
  const file = `${results}/chain-cnitool-a7a951b26a423b1fd4bb-eth0`;
  const { config, ...rest } = JSON.parse(Deno.readTextFileSync(file));
  assertEquals(
    new TextDecoder().decode(Uint8Array.fromBase64(config)),
    JSON.stringify(NETWORKS["10-chain.conflist"]),
  );
  assertEquals(rest, {
    kind: "cniCacheV1",
    containerId: "cnitool-a7a951b26a423b1fd4bb",
    ifName: "eth0",
    networkName: "chain",
    netns: "/x/y",
    result: {
      cniVersion: "1.1.0",
      ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1" }],
    },
  });
  assertEquals(await tool.run("del chain /x/y"), {
    status: 0,
    stdout: "",
    stderr: "",
  });
  assertEquals([...Deno.readDirSync(results)], []);
});

testWith(
  "cnitool() checks, tells the status, collects, silently",
  async (tool) => {
    const silence = { status: 0, stdout: "", stderr: "" };
    await tool.run("add chain /x/y");
    tool.requests.length = 0;
    assertEquals(await tool.run("check chain /x/y"), silence);
    assertEquals(await tool.run("status chain /x/y"), silence);
    assertEquals(await tool.run("gc chain /other"), silence);
    assertEquals(await tool.run("del chain /x/y"), silence);
    assertEquals(tool.requests.map(({ command }) => command), [
      "CHECK",
      "CHECK",
      "STATUS",
      "STATUS",
      "DEL",
      "DEL",
      "GC",
      "GC",
      "DEL",
      "DEL",
    ]);
  },
);

testWith("cnitool() add leaves nothing behind when it fails", async (tool) => {
  tool.failing.add("ADD second");
  const { status, stdout, stderr } = await tool.run("add chain /x/y");
  assertEquals([status, stdout], [1, ""]);
  assertEquals(
    stderr,
    "first adds\n" +
      'Error: plugin type="second" failed (add): ADD second went wrong\n',
  );
  assertEquals(tool.requests.slice(2).map(({ command }) => command), [
    "DEL",
    "DEL",
  ]);
});

testWith("cnitool() says what is wrong, with status 1", async (tool, t) => {
  const cases: Record<string, [Record<string, string>, string]> = {
    "no plugin path": [{ CNI_PATH: "" }, "no paths provided"],
    "no such plugin": [
      { CNI_PATH: "/nope/bin" },
      'failed to find plugin "first" in path [/nope/bin]',
    ],
    "no configurations": [
      { NETCONFPATH: "/nope/net.d" },
      "no net configurations found in /nope/net.d",
    ],
    "an argument without a value": [
      { CNI_ARGS: "A=1;B=" },
      'invalid CNI_ARGS pair "B="',
    ],
    "an argument with two =": [
      { CNI_ARGS: "A=1=2" },
      'invalid CNI_ARGS pair "A=1=2"',
    ],
    "capability arguments are no JSON": [
      { CAP_ARGS: "{" },
      "Cannot decode CAP_ARGS; line 1, column 2",
    ],
    "capability arguments are no object": [
      { CAP_ARGS: "[]" },
      "expected a JSON object",
    ],
    "an illegal interface": [
      { CNI_IFNAME: "a b" },
      "interface name contains",
    ],
  };
  const original = { ...tool.variables };
  for (const [why, [variables, text]] of Object.entries(cases)) {
    await t.step(why, async () => {
      Object.assign(tool.variables, original, {
        CNI_ARGS: "",
        CAP_ARGS: "",
        CNI_IFNAME: "",
        ...variables,
      });
      const { status, stdout, stderr } = await tool.run("add chain /x");
      assertEquals([status, stdout], [1, ""]);
      assertMatch(stderr, /^Error: /);
      assertStringIncludes(stderr, text);
    });
  }
  assertEquals(tool.requests, []);
});

testWith("cnitool() takes null for no capability arguments", async (tool) => {
  tool.variables.CAP_ARGS = "null";
  assertEquals((await tool.run("add chain /x")).status, 0);
});

testWith(
  "cnitool() tells a wrong command line by its exit status",
  async (tool) => {
    const known = await tool.run("add chain");
    assertEquals(known.status, 1);
    assertStringIncludes(known.stderr, "cnitool add <network> <netns>");
    const unknown = await tool.run("ad chain /x");
    assertEquals(unknown.status, 1);
    assertStringIncludes(unknown.stderr, 'unknown command "ad" for "cnitool"');
  },
);

testWith("cnitool() helps with every command", async (tool) => {
  for (const line of ["", "--help", "help"]) {
    const { status, stdout, stderr } = await tool.run(line);
    assertEquals([status, stderr], [0, ""]);
    assertStringIncludes(stdout, "cnitool <command> <network> <netns>");
    // As wide as the reference's column of commands.
    assertMatch(stdout, /^ {2}status {2}\S/m);
  }
  for (const verb of ["add", "check", "del", "gc", "status"]) {
    const { status, stdout } = await tool.run(`${verb} --help`);
    assertEquals(status, 0);
    assertStringIncludes(stdout, `cnitool ${verb} <network> <netns>`);
    assertStringIncludes(stdout, "CNI_PATH");
  }
  assertEquals((await tool.run("--version")).stdout, "cnitool 1.2.3\n");
});
