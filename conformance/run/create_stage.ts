import type { JsonObject } from "../../lib/spec/mod.ts";
import {
  type CallOptions,
  type CallRecord,
  readFailure,
  readSuccess,
  type Stage,
  type StageNetns,
  type StageSandbox,
  type Subject,
} from "../suite/mod.ts";
import type { ChildCommand, ChildOutput } from "./child.ts";
import { expand, type Placeholders } from "./stage_names.ts";

/** What {@linkcode createStage} makes a stage of. */
export interface StageParts {
  readonly subject: Subject;
  readonly version: string;
  readonly names: Placeholders;
  /** The variable `PATH` of all calls. */
  readonly path: string;
  /** Variables of all calls besides. */
  readonly env?: Readonly<Record<string, string>>;
  /** After which a plugin is ended, in milliseconds. */
  readonly callLimitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Runs a program in the host. */
  run(command: ChildCommand): Promise<ChildOutput>;
  /** Runs a program in a network namespace of the host. */
  runIn(netns: string, command: ChildCommand): Promise<ChildOutput>;
  /** Keeps a call for the report. */
  record(call: CallRecord): void;
  /** Does what an interface plugin does; `number` is not used twice. */
  addPrevious(
    host: StageNetns,
    sandbox: StageSandbox,
    number: number,
  ): Promise<JsonObject>;
}

/** The commands that are about an attachment. */
const ATTACHMENT_COMMANDS = ["ADD", "CHECK", "DEL"];

/**
 * Makes a network namespace ($1). Duplicate addresses are not looked for: plugins
 * would wait seconds for that to end.
 */
const ADD_NETNS = `
ip netns add "$1"
[ -e /proc/sys/net/ipv6/conf/all ] || exit 0
nsenter --net="/run/netns/$1" -- sh -c '
  echo 0 >/proc/sys/net/ipv6/conf/all/accept_dad
  echo 0 >/proc/sys/net/ipv6/conf/default/accept_dad'
`;

/** Makes a stage of its parts. */
export function createStage(parts: StageParts): Stage {
  const { subject, version, names, signal } = parts;
  const netns = (
    path: string,
    run: (command: ChildCommand) => Promise<ChildOutput>,
  ): StageNetns => ({
    path,
    run: (words, stdin = "") => run({ words, stdin, signal }),
    ip: async (words) => {
      const command = { words: ["ip", ...words.split(" ")], signal };
      const { status, stdout, stderr } = await run(command);
      if (status === 0) return stdout;
      throw new Error(`ip ${words} fails: ${stderr.trim()}`);
    },
  });
  const host = netns("/proc/self/ns/net", (command) => parts.run(command));
  let sandboxes = 0;
  let previous = 0;
  const call = async (
    command: string,
    sandbox: StageSandbox | undefined,
    options: CallOptions = {},
  ): Promise<CallRecord> => {
    const record = await callPlugin(parts, command, {
      ...options,
      stdin: options.stdin ?? configFor(parts),
      sandbox,
    });
    parts.record(record);
    return record;
  };
  return {
    subject,
    version,
    host,
    scratchDir: names.scratch,
    names,
    addSandbox: async () => {
      const number = ++sandboxes;
      const name = `c${number}`;
      const path = `/run/netns/${name}`;
      const words = ["sh", "-ec", ADD_NETNS, "sh", name];
      const { status, stderr } = await host.run(words);
      if (status !== 0) throw new Error(`Cannot make a container: ${stderr}`);
      return {
        ...netns(path, (command) => parts.runIn(path, command)),
        containerId: `${names.network}-${number}`,
        ifname: names.ifname,
        remove: async () => void await host.ip(`netns del ${name}`),
      };
    },
    addPrevious: (sandbox) => parts.addPrevious(host, sandbox, ++previous),
    fill: (text) => expand(text, names),
    config: (keys) => configFor(parts, keys),
    call,
    mustCall: async (...args) => readSuccess(await call(...args)),
    mustFail: async (command, sandbox, { codes, ...options } = {}) =>
      readFailure(await call(command, sandbox, options), codes),
  };
}

function configFor(
  { subject, version, names }: StageParts,
  keys: Readonly<Record<string, unknown>> = {},
): JsonObject {
  const { name, profile } = subject;
  const runtimeConfig = profile?.runtimeConfig;
  const config: JsonObject = {
    cniVersion: version,
    name: names.network,
    type: name,
    ...profile?.config,
    ...(runtimeConfig === undefined ? {} : { runtimeConfig }),
  };
  // Through JSON: what is undefined is left out, also within.
  return expand(JSON.parse(JSON.stringify({ ...config, ...keys })), names);
}

async function callPlugin(
  { subject, path, env: more, names, callLimitMs, signal, run }: StageParts,
  command: string,
  options: CallOptions & { readonly sandbox: StageSandbox | undefined },
): Promise<CallRecord> {
  const { folder, name, profile } = subject;
  const { plugin = name, stdin = "", sandbox } = options;
  const program = plugin.includes("/") ? plugin : `${folder}/${plugin}`;
  const isAttachment = ATTACHMENT_COMMANDS.includes(command);
  const profileArgs = isAttachment ? profile?.args : undefined;
  const env = definedOnly({
    PATH: path,
    ...more,
    CNI_COMMAND: command,
    CNI_CONTAINERID: options.containerId ?? sandbox?.containerId,
    CNI_NETNS: options.netns ?? sandbox?.path,
    CNI_IFNAME: options.ifname ?? sandbox?.ifname,
    CNI_ARGS: options.args ?? expand(profileArgs, names),
    CNI_PATH: options.path ?? folder,
    ...options.env,
  });
  const isText = typeof stdin === "string" || stdin instanceof Uint8Array;
  const input = isText ? stdin : JSON.stringify(stdin);
  const output = await run({
    words: [program],
    stdin: input,
    env,
    limitMs: callLimitMs,
    signal,
  });
  return { program, env, stdin: textOf(input), ...output };
}

function textOf(input: string | Uint8Array): string {
  return typeof input === "string" ? input : new TextDecoder().decode(input);
}

function definedOnly(
  variables: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, value]]
    ),
  );
}
