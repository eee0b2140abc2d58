import { assertEquals } from "@std/assert";
import type { Host, Sandbox } from "./_host.ts";
import { BIN } from "./_requirements.ts";
import type { Output } from "./_run.ts";

/** A JSON object of any shape, as tests look into it. */
// deno-lint-ignore no-explicit-any -- results have a shape for each version
export type Any = any;

/** A plugin call of a test; what is absent gets a value that works. */
export interface PluginCall {
  readonly command?: string;
  /** An object, or the very text for stdin. */
  readonly config: object | string;
  /** Gives container id and namespace. */
  readonly sandbox?: Sandbox;
  readonly containerId?: string;
  readonly netns?: string;
  readonly ifname?: string;
  readonly args?: string;
  /** `CNI_PATH`; the folder in `bin` when absent. */
  readonly path?: string;
  /** The folder that the plugin is started from; ours when absent. */
  readonly bin?: string;
  /** More variables. */
  readonly env?: Readonly<Record<string, string>>;
  /** Words before the plugin's path, such as `unshare`. */
  readonly wrapper?: readonly string[];
}

/** The variables of a call. */
export function environmentOf(call: PluginCall): Record<string, string> {
  const { sandbox, bin = BIN } = call;
  return {
    CNI_COMMAND: call.command ?? "ADD",
    CNI_CONTAINERID: call.containerId ?? sandbox?.containerId ?? "ct",
    CNI_NETNS: call.netns ?? sandbox?.path ?? "",
    CNI_IFNAME: call.ifname ?? "eth0",
    CNI_ARGS: call.args ?? "",
    CNI_PATH: call.path ?? bin,
    ...call.env,
  };
}

/** Calls a plugin on a host, whatever comes of it. */
export function callPlugin(
  host: Host,
  name: string,
  call: PluginCall,
): Promise<Output> {
  const { config, bin = BIN, wrapper = [] } = call;
  const stdin = typeof config === "string" ? config : JSON.stringify(config);
  const words = [...wrapper, `${bin}/${name}`];
  return host.run(words, { stdin, env: environmentOf(call) });
}

/** Calls a plugin that must succeed; returns its result, if it prints one. */
export async function mustCall(
  host: Host,
  name: string,
  call: PluginCall,
): Promise<Any> {
  const output = await callPlugin(host, name, call);
  const { status, stdout } = output;
  assertEquals({ ...output, status, stdout: "" }, SUCCESS, stdout);
  return stdout === "" ? undefined : JSON.parse(stdout);
}

/**
 * Calls a plugin that must fail with this code: status 1, one error object on
 * stdout and nothing else.
 *
 * @returns The error object.
 */
export async function mustFail(
  host: Host,
  name: string,
  { code, ...call }: PluginCall & { readonly code: number },
): Promise<Any> {
  const { status, stdout, stderr } = await callPlugin(host, name, call);
  const error = readError(stdout);
  assertEquals(
    { status, code: error.code, stderr },
    { status: 1, code, stderr: "" },
    stdout,
  );
  return error;
}

/** `cniVersion` of a configuration with what the tests' reference speaks. */
const VERSION = "1.0.0";

/** A configuration of the bridge plugin with host-local, keys over defaults. */
export function bridgeConfig(
  host: Host,
  { ipam, ...keys }: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    cniVersion: VERSION,
    name: host.network,
    type: "bridge",
    bridge: host.bridge,
    ...(ipam === null ? {} : { ipam: ipam ?? hostLocal(host) }),
    ...keys,
  };
}

/** An `ipam` section with a range set for each subnet. */
export function hostLocal(
  host: Host,
  subnets: readonly string[] = [SUBNET4],
  keys: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    type: "host-local",
    dataDir: host.dataDir,
    ranges: subnets.map((subnet) => [{ subnet }]),
    ...keys,
  };
}

/** Subnets that tests use; each host is alone, so they need not differ. */
export const SUBNET4 = "10.213.0.0/24";
export const SUBNET6 = "fd00:213::/64";

const SUCCESS: Output = { status: 0, stdout: "", stderr: "" };

function readError(stdout: string): Any {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`Expected an error object on stdout, found: ${stdout}`);
  }
}

/**
 * Makes a plugin of a shell script, in a folder of its own.
 *
 * @returns The folder, for `CNI_PATH`.
 */
export async function fakePlugin(
  host: Host,
  name: string,
  script: string,
): Promise<string> {
  const folder = `${host.scratchDir}/plugins`;
  await Deno.mkdir(folder, { recursive: true });
  const text = `#!/bin/sh\ncat >/dev/null\n${script}\n`;
  await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  return folder;
}
