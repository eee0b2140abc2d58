import { definePlugin, type Plugin, type Request } from "../plugin/mod.ts";
import { CniError, type JsonObject, type Result } from "../spec/mod.ts";
import type { Attachment } from "./attachment.ts";
import { parseNetworkConfig } from "./parse_network_config.ts";
import { Runtime } from "./runtime.ts";
import type { NetworkConfig } from "./network_config.ts";

/** A folder with plugins and a cache, and a runtime that works there. */
export interface TestRuntime extends Disposable {
  readonly folder: string;
  readonly cacheDir: string;
  readonly runtime: Runtime;
  /** What the recording plugins were called with: `ADD first`. */
  readonly log: string[];
  /** The requests themselves, in the order of `log`. */
  readonly requests: Request[];
  /** The configurations that they got, likewise. */
  readonly inputs: JsonObject[];
  /** What was printed to stderr. */
  readonly warnings: string[];
  /** Makes the recording plugins fail: `ADD second`. */
  readonly failing: Set<string>;
  /** Adds a plugin that is a `sh` script. */
  addScript(name: string, script: string): void;
  /** The text of the only cache file. */
  cacheText(): string;
}

/** The attachment that tests make. */
export const ATTACHMENT: Attachment = {
  containerId: "c1",
  netns: "/run/netns/c1",
  ifname: "eth0",
};

/**
 * Makes a runtime with recording plugins, which are called in the process. The
 * first adds an address, each later one a route to what came before.
 */
export function testRuntime(
  plugins: readonly string[] = ["first", "second"],
): TestRuntime {
  const folder = Deno.realPathSync(
    Deno.makeTempDirSync({ prefix: "cni-runtime-" }),
  );
  const bin = `${folder}/bin`;
  const cacheDir = `${folder}/cache`;
  Deno.mkdirSync(bin);
  Deno.writeTextFileSync(`${bin}/cni`, "");
  const log: string[] = [];
  const requests: Request[] = [];
  const inputs: JsonObject[] = [];
  const warnings: string[] = [];
  const failing = new Set<string>();
  const note = (name: string, request: Request) => {
    const entry = `${request.command} ${name}`;
    log.push(entry);
    requests.push(request);
    inputs.push(JSON.parse(request.stdin));
    if (failing.has(entry)) throw new CniError(100, `${entry} went wrong`);
  };
  const registry = new Map(plugins.map((name) => {
    Deno.symlinkSync(`${bin}/cni`, `${bin}/${name}`);
    return [name, () => Promise.resolve(recorder(name, note))] as const;
  }));
  return {
    folder,
    cacheDir,
    runtime: new Runtime({
      path: [bin],
      cacheDir,
      registry,
      self: `${bin}/cni`,
      warn: (message) => warnings.push(message),
    }),
    log,
    requests,
    inputs,
    warnings,
    failing,
    addScript: (name, script) =>
      Deno.writeTextFileSync(`${bin}/${name}`, `#!/bin/sh\n${script}\n`, {
        mode: 0o755,
      }),
    cacheText() {
      const [file] = [...Deno.readDirSync(`${cacheDir}/results`)];
      return Deno.readTextFileSync(`${cacheDir}/results/${file!.name}`);
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** A list of plugins, with further keys. */
export function testNetwork(
  types: readonly string[] = ["first", "second"],
  more: JsonObject = {},
): NetworkConfig {
  const plugins = types.map((type) => ({ type }));
  const list = { cniVersion: "1.1.0", name: "net1", plugins, ...more };
  return parseNetworkConfig(JSON.stringify(list));
}

function recorder(
  name: string,
  note: (name: string, request: Request) => void,
): Plugin {
  const noting = (request: Request) => {
    note(name, request);
    return Promise.resolve();
  };
  return definePlugin({
    name,
    add: (request) => {
      note(name, request);
      const prev = request.config.fields.object("prevResult");
      const result: Result = {
        ips: [{ address: "10.0.0.2/24" }],
        ...(prev === undefined ? {} : { routes: [{ dst: "10.9.0.0/16" }] }),
      };
      return Promise.resolve(result);
    },
    check: noting,
    del: noting,
    gc: noting,
    status: noting,
  });
}
