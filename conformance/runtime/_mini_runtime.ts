import {
  isAtLeast,
  isJsonObject,
  type JsonObject,
} from "../../lib/spec/mod.ts";
import { type ChildOutput, runChild } from "../run/mod.ts";
import type { CallRecord } from "../suite/mod.ts";
import type { RuntimeSubject } from "./runtime_subject.ts";

/** A plugin's object in a list. */
type PluginObject = JsonObject & { readonly type: string };

/** A network, as it is in its file. */
interface Network extends JsonObject {
  readonly name: string;
  readonly cniVersion: string;
  readonly plugins: readonly PluginObject[];
}

/** What a run of the runtime is about. */
interface Operation {
  readonly verb: string;
  readonly network: Network;
  readonly netns: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A run that ends with an error. */
class Failure extends Error {}

/**
 * A small runtime that keeps every clause but the one that it is told to break:
 * a word such as `adds-backward`. It runs in this process.
 */
export function miniRuntime(fault: string): RuntimeSubject {
  const cache = new Map<string, JsonObject>();
  const netns = "/run/netns/mini";
  return {
    name: fault,
    netns,
    ownNetns: fault === "runs-elsewhere"
      ? "net:[1]"
      : Deno.readLinkSync("/proc/self/ns/net"),
    run: async (args, env) => {
      const [verb = "", name = ""] = args;
      const ending = await end(async () => {
        const network = loadNetwork(env.NETCONFPATH ?? "", name, fault);
        const operation = { verb, network, netns, env };
        return await operate(operation, cache, fault);
      });
      return record(["mini", ...args].join(" "), env, ending);
    },
  };
}

/** A runtime that does nothing, and ends with a status. */
export function idleRuntime(status: number): RuntimeSubject {
  return {
    name: `exits with ${status}`,
    netns: "/run/netns/idle",
    ownNetns: Deno.readLinkSync("/proc/self/ns/net"),
    run: (args, env) =>
      Promise.resolve(record(args.join(" "), env, { status, stdout: "" })),
  };
}

type Ending = Pick<CallRecord, "status" | "stdout"> & {
  readonly stderr?: string;
};

function record(
  program: string,
  env: Readonly<Record<string, string>>,
  ending: Ending,
): CallRecord {
  return {
    ...{ program, env, stdin: "", stderr: "", ...ending },
    ...{ timedOut: false, timeMs: 0 },
  };
}

async function end(act: () => Promise<string>): Promise<Ending> {
  try {
    return { status: 0, stdout: await act() };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { status: 1, stdout: "", stderr: error.message };
  }
}

function loadNetwork(folder: string, name: string, fault: string): Network {
  const files = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
    .map((file) => JSON.parse(Deno.readTextFileSync(`${folder}/${file.name}`)));
  const found = files.find((one) => one.name === name) ??
    (fault === "takes-any-network" ? files[0] : undefined);
  if (found === undefined) throw new Failure(`no network ${name}`);
  if (found.plugins === undefined) {
    if (fault === "lists-only") throw new Failure("not a list");
    const { name, cniVersion } = found;
    return { name, cniVersion, plugins: [found] };
  }
  const isInlined = fault === "inlined-always" ||
    (found.loadOnlyInlinedPlugins === true && fault !== "folder-always");
  const more = isInlined ? [] : pluginsIn(`${folder}/${name}`);
  const versions: string[] = [found.cniVersion, ...found.cniVersions ?? []];
  const cniVersion = fault === "ignores-versions"
    ? found.cniVersion
    : versions.toSorted().at(-1);
  return { ...found, cniVersion, plugins: [...found.plugins, ...more] };
}

function pluginsIn(folder: string): readonly PluginObject[] {
  try {
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name);
    return names.toSorted().map((name) =>
      JSON.parse(Deno.readTextFileSync(`${folder}/${name}`))
    );
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Does what is asked for; returns what belongs on stdout. */
async function operate(
  operation: Operation,
  cache: Map<string, JsonObject>,
  fault: string,
): Promise<string> {
  const { verb, network: { cniVersion } } = operation;
  switch (verb) {
    case "add":
      return JSON.stringify(await add(operation, cache, fault));
    case "check":
      if (!isAtLeast(cniVersion, "0.4.0") && fault !== "checks-old-versions") {
        throw new Failure("too old for CHECK");
      }
      await check(operation, cache, fault);
      return "";
    case "del":
      await del(operation, cache, fault);
      return "";
    case "gc":
      if (isAtLeast(cniVersion, "1.1.0") || fault === "collects-old-versions") {
        await collect(operation, fault);
      }
      return "";
    case "status":
      if (isAtLeast(cniVersion, "1.1.0") || fault === "asks-old-versions") {
        await status(operation, fault);
      }
      return "";
  }
  throw new Failure(`no verb ${verb}`);
}

async function add(
  operation: Operation,
  cache: Map<string, JsonObject>,
  fault: string,
): Promise<JsonObject> {
  const { plugins } = operation.network;
  const results: JsonObject[] = [];
  const chain = fault === "adds-backward" ? plugins.toReversed() : plugins;
  const before = [...cache.values()].at(-1);
  for (const [index, plugin] of chain.entries()) {
    const prevResult = index === 0
      ? (fault === "keeps-old-result" ? before : undefined)
      : fault === "passes-first-result"
      ? results[0]
      : results.at(-1);
    const call = { command: "ADD", plugin, prevResult };
    try {
      const reply = fault === "two-at-a-time" && index === 1
        ? await callTwice(operation, call, fault)
        : await callPlugin(operation, call, fault);
      if (reply !== undefined) results.push(reply);
    } catch (error) {
      if (fault === "add-goes-on") continue;
      if (fault !== "leaves-failed-adds") {
        for (const done of chain.slice(0, index + 1).toReversed()) {
          await callPlugin(operation, { command: "DEL", plugin: done }, fault)
            .catch(() => {});
        }
      }
      throw error;
    }
  }
  const result = results.at(-1) ?? {};
  if (fault === "keeps-old-result") cache.delete("last");
  cache.set(keyOf(operation, fault), result);
  return fault === "prints-first-result" ? results[0] ?? {} : result;
}

function keyOf({ network, env }: Operation, fault: string): string {
  return fault === "one-result-for-all"
    ? network.name
    : `${network.name}/${env.CNI_IFNAME ?? ""}`;
}

async function check(
  operation: Operation,
  cache: Map<string, JsonObject>,
  fault: string,
): Promise<void> {
  const { network } = operation;
  const isOff = network.disableCheck === true;
  if (isOff && fault !== "ignores-disable-check") return;
  const cached = cache.get(keyOf(operation, fault));
  if (cached === undefined && fault !== "checks-anything") {
    throw new Failure("not attached");
  }
  const prevResult = fault === "checks-without-result" ? undefined : cached;
  const chain = fault === "checks-backward"
    ? network.plugins.toReversed()
    : network.plugins;
  await callAll(operation, chain, {
    ...{ command: "CHECK", prevResult, fault },
    goesOn: fault === "check-goes-on",
  });
}

async function del(
  operation: Operation,
  cache: Map<string, JsonObject>,
  fault: string,
): Promise<void> {
  const { network } = operation;
  const key = keyOf(operation, fault);
  const cached = cache.get(key);
  if (cached === undefined && fault === "deletes-known-only") return;
  if (fault === "forgets-early") cache.delete(key);
  const prevResult = fault === "deletes-without-result" ||
      !isAtLeast(network.cniVersion, "0.4.0")
    ? undefined
    : cached;
  const chain = fault === "deletes-forward"
    ? network.plugins
    : network.plugins.toReversed();
  await callAll(operation, chain, {
    ...{ command: "DEL", prevResult, fault },
    goesOn: fault === "del-goes-on",
  });
  const keeps = ["never-forgets", "keeps-old-result"];
  if (!keeps.includes(fault)) cache.delete(key);
}

async function collect(operation: Operation, fault: string): Promise<void> {
  const { network } = operation;
  if (network.disableGC === true && fault !== "ignores-disable-gc") return;
  const chain = fault === "collects-first-only"
    ? network.plugins.slice(0, 1)
    : network.plugins;
  await callAll(operation, chain, {
    ...{ command: "GC", prevResult: undefined, fault },
    goesOn: fault !== "gc-stops",
  });
}

async function status(operation: Operation, fault: string): Promise<void> {
  const { plugins } = operation.network;
  const chain = fault === "asks-last-only" ? plugins.slice(-1) : plugins;
  const done = callAll(operation, chain, {
    ...{ command: "STATUS", prevResult: undefined, fault },
    goesOn: false,
  });
  await (fault === "status-succeeds" ? done.catch(() => {}) : done);
}

async function callAll(
  operation: Operation,
  chain: readonly PluginObject[],
  { command, prevResult, goesOn, fault }: {
    readonly command: string;
    readonly prevResult: JsonObject | undefined;
    readonly goesOn: boolean;
    readonly fault: string;
  },
): Promise<void> {
  const failures: string[] = [];
  for (const plugin of chain) {
    try {
      await callPlugin(operation, { command, plugin, prevResult }, fault);
    } catch (error) {
      if (!(error instanceof Failure) || !goesOn) throw error;
      failures.push(error.message);
    }
  }
  const told = fault === "tells-one-error" ? failures.slice(0, 1) : failures;
  if (failures.length > 0) throw new Failure(told.join("\n"));
}

interface PluginCall {
  readonly command: string;
  readonly plugin: PluginObject;
  readonly prevResult?: JsonObject | undefined;
}

async function callPlugin(
  operation: Operation,
  call: PluginCall,
  fault: string,
): Promise<JsonObject | undefined> {
  const path = operation.env.CNI_PATH ?? "";
  const program = path.split(":").map((dir) => `${dir}/${call.plugin.type}`)
    .find(isFile);
  if (program === undefined) {
    if (fault === "skips-missing") return undefined;
    throw new Failure(`no plugin ${call.plugin.type}`);
  }
  const config = requestFor(operation, call, fault);
  const text = JSON.stringify(config);
  const { status, stdout, stderr } = await runChild({
    words: [program],
    env: variablesFor(operation, call, fault),
    stdin: fault === "two-objects" ? text + text : text,
  });
  return readReply({ status, stdout, stderr }, fault);
}

function readReply(
  { status, stdout, stderr }: Pick<ChildOutput, "status" | "stdout" | "stderr">,
  fault: string,
): JsonObject | undefined {
  if (status === 0) return stdout === "" ? undefined : JSON.parse(stdout);
  if (stdout === "" && fault === "needs-error-object") return undefined;
  const reason = stdout === "" ? stderr : JSON.parse(stdout).msg;
  throw new Failure(fault === "tells-no-reason" ? "failed" : reason);
}

/** Calls a plugin while the same plugin is waiting for its stdin. */
async function callTwice(
  operation: Operation,
  call: PluginCall,
  fault: string,
): Promise<JsonObject | undefined> {
  const bin = operation.env.CNI_PATH ?? "";
  const waiting = new Deno.Command(`${bin}/${call.plugin.type}`, {
    env: { ...variablesFor(operation, call, fault) },
    stdin: "piped",
    stdout: "null",
  }).spawn();
  while (!isFile(`${bin}/../calls/2.env`)) await Deno.stat(bin);
  const reply = await callPlugin(operation, call, fault);
  await waiting.stdin.close();
  await waiting.status;
  return reply;
}

/** Variables that a fault leaves out, and of which command. */
const DROPPED: Readonly<Record<string, readonly [string, string?]>> = {
  "drops-args": ["CNI_ARGS"],
  "drops-path": ["CNI_PATH"],
  "drops-path-at-gc": ["CNI_PATH", "GC"],
  "drops-args-at-del": ["CNI_ARGS", "DEL"],
  "drops-args-at-check": ["CNI_ARGS", "CHECK"],
};

function variablesFor(
  { netns, env }: Operation,
  { command }: PluginCall,
  fault: string,
): Readonly<Record<string, string>> {
  const isAttachment = ["ADD", "CHECK", "DEL"].includes(command) ||
    fault === "collects-for-a-container";
  const ifname = fault === "fixed-ifname" ? "" : env.CNI_IFNAME;
  const variables = {
    PATH: "/usr/bin:/bin",
    CNI_COMMAND: command,
    CNI_PATH: env.CNI_PATH ?? "",
    ...(isAttachment
      ? {
        CNI_CONTAINERID: fault === "odd-container-id" ? "-mini" : "mini",
        CNI_NETNS: fault === "other-netns" ? "/run/netns/other" : netns,
        CNI_IFNAME: ifname || "eth0",
        CNI_ARGS: env.CNI_ARGS ?? "",
      }
      : {}),
  };
  const [dropped, only = command] = DROPPED[fault] ?? [""];
  return Object.fromEntries(
    Object.entries(variables).filter(([name]) =>
      name !== dropped || only !== command
    ),
  );
}

function requestFor(
  { network, env }: Operation,
  { command, plugin, prevResult }: PluginCall,
  fault: string,
): JsonObject {
  const { name, cniVersion } = network;
  const { capabilities = {}, ...rest } = plugin;
  const declared = isJsonObject(capabilities) ? capabilities : {};
  const values: JsonObject = JSON.parse(env.CAP_ARGS || "{}");
  const runtimeConfig = Object.fromEntries(
    Object.entries(values).filter(([key]) =>
      fault === "all-capabilities" ? key in declared : declared[key] === true
    ),
  );
  const kept = fault === "drops-null"
    ? Object.fromEntries(
      Object.entries(rest).filter(([, value]) => value !== null),
    )
    : rest;
  const isGc = command === "GC" && fault !== "collects-without-list";
  return {
    name,
    cniVersion,
    ...kept,
    ...(fault === "passes-capabilities" ? { capabilities } : {}),
    ...(fault === "keeps-plugins-name" ? {} : { name }),
    ...(fault === "keeps-plugins-version" ? {} : { cniVersion }),
    ...(Object.keys(runtimeConfig).length > 0 ? { runtimeConfig } : {}),
    ...(prevResult === undefined ? {} : { prevResult }),
    ...(isGc ? { "cni.dev/valid-attachments": [] } : {}),
  };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
