import type { Result } from "../spec/mod.ts";
import {
  type Context,
  definePlugin,
  type Environment,
  type Plugin,
  type PluginDefinition,
  type Process,
  type Request,
} from "./mod.ts";

/** A plugin that remembers what it was called with. */
export interface FakePlugin extends Plugin {
  /** The requests so far, in order. */
  readonly requests: readonly Request[];
}

/** The result of a fake plugin's ADD, unless it is told another. */
const FAKE_RESULT: Result = { ips: [{ address: "10.0.0.2/24" }] };

/** Makes a plugin of the given parts; the others succeed. */
export function fakePlugin(parts: Partial<PluginDefinition> = {}): FakePlugin {
  const requests: Request[] = [];
  function recorded<T>(
    act: (request: Request, context: Context) => Promise<T>,
  ) {
    return (request: Request, context: Context) => {
      requests.push(request);
      return act(request, context);
    };
  }
  const done = () => Promise.resolve();
  const plugin = definePlugin({
    ...parts,
    name: "fake",
    add: recorded(parts.add ?? (() => Promise.resolve(FAKE_RESULT))),
    check: recorded(parts.check ?? done),
    del: recorded(parts.del ?? done),
    ...(parts.gc === undefined ? {} : { gc: recorded(parts.gc) }),
    ...(parts.status === undefined ? {} : { status: recorded(parts.status) }),
  });
  return { ...plugin, requests };
}

/** Surroundings that delegate nothing and remember warnings. */
export function fakeContext(): Context & { readonly warnings: string[] } {
  const warnings: string[] = [];
  return {
    warnings,
    warn: (message) => warnings.push(message),
    delegate: () => Promise.reject(new Error("nothing to delegate to")),
    preload: () => {},
    isForeign: () => false,
  };
}

/** An environment that every command accepts, but for the given variables. */
export function environmentWith(changes: Partial<Environment>): Environment {
  return {
    command: "ADD",
    containerId: "c1",
    netns: "/run/netns/n1",
    ifname: "eth0",
    args: "",
    path: "/opt/cni/bin",
    netnsOverride: "",
    ...changes,
  };
}

/** A process that remembers its output. */
export interface FakeProcess extends Process {
  readonly output: { stdout: string; stderr: string };
}

/** A process with these variables and this stdin. */
export function fakeProcess(
  variables: Readonly<Record<string, string>>,
  readStdin: () => Promise<string>,
): FakeProcess {
  const output = { stdout: "", stderr: "" };
  return {
    output,
    env: (name) => variables[name] ?? "",
    readStdin,
    writeStdout: (text) => {
      output.stdout += text;
    },
    writeStderr: (text) => {
      output.stderr += text;
    },
  };
}
