import type { Run } from "../lib/linux/mod.ts";
import {
  definePlugin,
  type Plan,
  type Plugin,
  type Registry,
  type Request,
} from "../lib/plugin/mod.ts";
import { CniError, type JsonObject, type Result } from "../lib/spec/mod.ts";
import type { Prompter } from "./interactive/prompter.ts";
import { tool } from "./tool.ts";

/** What a run of the tool left behind. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `cni tool` with plugins and folders of its own. */
export interface TestTool extends Disposable {
  readonly folder: string;
  readonly configFolder: string;
  readonly cacheDir: string;
  /** What the plugins were asked: `ADD first eth0`. */
  readonly log: string[];
  /** The requests themselves. */
  readonly requests: Request[];
  /** Variables besides the folders. */
  readonly variables: Record<string, string>;
  /** Makes plugins fail: `ADD second eth1`. */
  readonly failing: Set<string>;
  /** The plugins that validation knows. */
  allPlugins: Registry;
  /** Stands for the programs that the doctor asks. */
  runProgram: Run;
  /** Who is at the terminal. */
  prompter: Prompter | undefined;
  /** What is on stdin. */
  stdin: string;
  /** Has the streams lead to a terminal. */
  isTerminal: boolean;
  /** Calls the plugins of this program as such; scripts can be ended otherwise. */
  callInProcess: boolean;
  /** Told about each entry of the log. */
  onRequest: (entry: string) => void;
  /** Asks the running command to end. */
  interrupt(): void;
  /** Writes a configuration file; returns its path. */
  write(name: string, content: JsonObject | string): string;
  /** Adds a plugin that is a `sh` script. */
  addScript(name: string, script: string): void;
  /** Runs a command line, its words parted by spaces. */
  run(line: string): Promise<Outcome>;
}

const RESULT: Result = {
  interfaces: [{ name: "eth0", mac: "02:00:00:00:00:01", sandbox: "/x" }],
  ips: [{ address: "10.0.0.2/24", gateway: "10.0.0.1", interface: 0 }],
  routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }],
};

/** The networks that are there: a chain, two plain ones and an old one. */
const NETWORKS: Readonly<Record<string, JsonObject>> = {
  "10-chain.conflist": {
    cniVersion: "1.1.0",
    name: "chain",
    plugins: [
      { type: "first", capabilities: { mac: true, portMappings: true } },
      { type: "second", capabilities: { ips: true } },
    ],
  },
  "20-single.conf": { cniVersion: "1.0.0", name: "single", type: "first" },
  "30-old.json": { cniVersion: "0.2.0", name: "old", type: "first" },
};

/** Makes a {@linkcode TestTool}. */
export function testTool(): TestTool {
  const folder = Deno.realPathSync(Deno.makeTempDirSync());
  const [bin, configFolder] = [`${folder}/bin`, `${folder}/net.d`];
  const cacheDir = `${folder}/cache`;
  Deno.mkdirSync(bin);
  Deno.mkdirSync(configFolder);
  Deno.writeTextFileSync(`${bin}/cni`, "", { mode: 0o755 });
  const requests: Request[] = [];
  const log: string[] = [];
  const failing = new Set<string>();
  const note = (name: string, request: Request) => {
    requests.push(request);
    const entry = [request.command, name, request.ifname].join(" ").trim();
    log.push(entry);
    test.onRequest(entry);
    if (failing.has(entry)) throw new CniError(100, `${entry} went wrong`);
    return Promise.resolve();
  };
  const plugins = ["first", "second"].map((name) => recorder(name, note));
  for (const { name } of plugins) Deno.symlinkSync("cni", `${bin}/${name}`);
  const registry = new Map(
    plugins.map((one) => [one.name, () => Promise.resolve(one)] as const),
  );
  const handlers = new Set<() => void>();
  const test: TestTool = {
    folder,
    configFolder,
    cacheDir,
    log,
    requests,
    variables: {},
    failing,
    allPlugins: new Map(),
    runProgram: () => Promise.reject(new Error("no program is to be run")),
    prompter: undefined,
    stdin: "",
    isTerminal: false,
    callInProcess: true,
    onRequest: () => {},
    interrupt: () => handlers.forEach((handler) => handler()),
    write(name, content) {
      const path = `${configFolder}/${name}`;
      const text = typeof content === "string"
        ? content
        : JSON.stringify(content, null, 2);
      Deno.writeTextFileSync(path, text);
      return path;
    },
    addScript: (name, script) =>
      Deno.writeTextFileSync(`${bin}/${name}`, `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      }),
    async run(line) {
      let [stdout, stderr] = ["", ""];
      const variables: Record<string, string> = {
        NETCONFPATH: configFolder,
        CNI_PATH: bin,
        ...test.variables,
      };
      const status = await tool(line.split(" ").filter((word) => word !== ""), {
        programVersion: "1.2.3",
        process: {
          env: (name) => variables[name] ?? "",
          readStdin: () => Promise.resolve(test.stdin),
          writeStdout: (text) => void (stdout += text),
          writeStderr: (text) => void (stderr += text),
          cwd: () => folder,
          isTerminal: () => test.isTerminal,
          onInterrupt: (handler) => {
            handlers.add(handler);
            return () => handlers.delete(handler);
          },
        },
        registry,
        allPlugins: test.allPlugins,
        run: test.runProgram,
        prompter: () =>
          test.prompter === undefined
            ? Promise.reject(new Error("nobody is to be asked"))
            : Promise.resolve(test.prompter),
        self: `${bin}/cni`,
        cacheDir,
        notesDir: `${folder}/notes`,
        callInProcess: test.callInProcess,
      });
      return { status, stdout, stderr };
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
  for (const [name, content] of Object.entries(NETWORKS)) {
    test.write(name, content);
  }
  return test;
}

/** A test with a tool of its own, on systems that have links. */
export function testWith(
  name: string,
  fn: (tool: TestTool, t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: Deno.build.os === "windows",
    async fn(t) {
      using test = testTool();
      await fn(test, t);
    },
  });
}

function recorder(
  name: string,
  note: (name: string, request: Request) => Promise<void>,
): Plugin {
  const noting = (request: Request) => note(name, request);
  return definePlugin({
    name,
    add: async (request) => {
      await note(name, request);
      return RESULT;
    },
    check: noting,
    del: noting,
    gc: noting,
    status: noting,
    plan: ({ command, ifname, netns }): Promise<Plan> =>
      Promise.resolve({
        acts: [
          {
            purpose: `${command} by ${name}`,
            command: `nsenter --net=${netns} ip link set ${ifname} up`,
          },
          { purpose: "think" },
        ],
        result: RESULT,
      }),
  });
}
