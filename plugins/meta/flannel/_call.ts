import { findPlugin, splitPluginPath } from "../../../lib/invoke/mod.ts";
import { type Call, dispatch, type Reply } from "../../../lib/plugin/mod.ts";
import {
  CniError,
  type JsonObject,
  type Result,
} from "../../../lib/spec/mod.ts";
import { normalizePath } from "../../../lib/state/mod.ts";
import { flannelConfig } from "./_testing.ts";
import type { DelegateConfig } from "./delegate_base.ts";
import { flannel } from "./flannel.ts";
import { platformFor } from "./platform.ts";
import { parseSubnetEnv } from "./subnet_env.ts";

/** A node of a test: its subnet file, its state, and a delegate that records. */
export interface Node extends Disposable {
  readonly subnetFile: string;
  readonly dataDir: string;
  /** What the delegate was called with, in order. */
  readonly delegated: readonly Delegated[];
  /** What was told to a person. */
  readonly warnings: readonly string[];
  /** What the delegate does from now on; by default it succeeds. */
  onDelegate(act: () => void): void;
  /** Calls flannel; `config` over a configuration that works. */
  call(command: string, options?: TestCall): Promise<Reply>;
  /** Names and texts of the files of state. */
  state(): Record<string, string>;
}

/** A call of a delegate. */
export interface Delegated {
  readonly type: string;
  readonly command: string;
  readonly containerId: string;
  readonly ifname: string;
  readonly netns: string;
  readonly stdin: string;
}

/** A call of which a test tells what matters to it. */
export interface TestCall {
  readonly config?: JsonObject;
  readonly containerId?: string;
  readonly ifname?: string;
  readonly path?: string;
}

/** What flanneld of the examples writes. */
export const SUBNET_ENV = `FLANNEL_NETWORK=10.1.0.0/16
FLANNEL_SUBNET=10.1.17.1/24
FLANNEL_MTU=1472
FLANNEL_IPMASQ=true
`;

const RESULT: Result = { ips: [{ address: "10.1.17.2/24" }] };

/** What the delegate is configured with on this system, by default. */
export function defaultDelegate(name = "n1"): DelegateConfig {
  const { delegateConfig } = platformFor(Deno.build.os);
  const config = flannelConfig({ cniVersion: "1.1.0", name });
  return delegateConfig(config, parseSubnetEnv(SUBNET_ENV, "subnet.env"));
}

/** Makes a {@linkcode Node}; disposing of it removes its folders. */
export function createNode(): Node {
  // Without links above it, as those would be refused.
  const folder = normalizePath(Deno.realPathSync(Deno.makeTempDirSync()));
  const subnetFile = `${folder}/subnet.env`;
  const dataDir = `${folder}/state`;
  Deno.writeTextFileSync(subnetFile, SUBNET_ENV);
  // Only looked for: what is called is the fake in the context.
  for (const type of ["bridge", "win-bridge", "other"]) {
    Deno.writeTextFileSync(`${folder}/${type}`, "");
  }
  const delegated: Delegated[] = [];
  const warnings: string[] = [];
  let act = () => {};
  const delegate = (type: string, call: Call): Promise<Result> => {
    const { command, containerId, ifname, netns, stdin } = call;
    return Promise.try(() => {
      findPlugin(type, splitPluginPath(call.path));
      delegated.push({ type, command, containerId, ifname, netns, stdin });
      act();
      return command === "ADD" ? RESULT : {};
    });
  };
  const context = {
    delegate,
    preload: () => {},
    isForeign: () => false,
    warn: (message: string) => void warnings.push(message),
  };
  return {
    subnetFile,
    dataDir,
    delegated,
    warnings,
    onDelegate: (next) => act = next,
    call: (command, options = {}) => {
      const { config, containerId = "c1", ifname = "eth0" } = options;
      const environment = {
        command,
        containerId,
        ifname,
        netns: "/run/netns/none",
        args: "",
        path: options.path ?? folder,
        netnsOverride: "",
      };
      const own = { name: "n1", type: "flannel", subnetFile, dataDir };
      const object = { cniVersion: "1.1.0", ...own, ...config };
      const readStdin = () => Promise.resolve(JSON.stringify(object));
      return dispatch(flannel, environment, { readStdin, context });
    },
    state: () => filesIn(dataDir),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** The error object that a failed call has printed. */
export function errorIn({ status, stdout }: Reply): CniError {
  const { code, msg, details } = JSON.parse(stdout);
  if (status !== 1) throw new Error(`Expected status 1, found ${status}`);
  return new CniError(code, msg, { details });
}

function filesIn(folder: string): Record<string, string> {
  try {
    return Object.fromEntries(
      [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
        .map(({ name }) => [name, Deno.readTextFileSync(`${folder}/${name}`)])
        .sort(),
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
