import {
  checkContainerId,
  checkIfname,
  CniCode,
  CniError,
  compareVersions,
  CURRENT_VERSION,
  errorToJson,
  formatJson,
  formatJsonLine,
  isAtLeast,
  type JsonObject,
  parseJsonObject,
  parsePluginConfig,
  resultToJson,
  type SpecVersion,
  toCniError,
} from "../spec/mod.ts";
import { traced } from "../trace/mod.ts";
import type { Call, Reply } from "./call.ts";
import type { Context, Plugin, Request } from "./define.ts";
import { enterPlugin } from "./delegations.ts";

/** A {@linkcode Call} whose stdin has not been read yet. */
export type Environment = Omit<Call, "stdin">;

/** What `dispatch` needs besides the plugin and the environment. */
export interface DispatchOptions {
  /** Reads the configuration; called at most once, and not for VERSION. */
  readonly readStdin: () => Promise<string>;
  /** What the plugin may ask of its surroundings. */
  readonly context: Context;
}

/** The variables that a command needs, and how each is checked. */
interface Variable {
  readonly name: string;
  readonly value: (environment: Environment) => string;
  readonly commands: readonly string[];
  readonly check?: (value: string) => void;
}

const ATTACHMENT_COMMANDS = ["ADD", "CHECK", "DEL"];

/** In the order in which the Go skeleton checks them. */
const VARIABLES: readonly Variable[] = [
  {
    name: "CNI_CONTAINERID",
    value: (environment) => environment.containerId,
    commands: ATTACHMENT_COMMANDS,
    check: checkContainerId,
  },
  {
    name: "CNI_NETNS",
    value: (environment) => environment.netns,
    commands: ["ADD", "CHECK"],
  },
  {
    name: "CNI_IFNAME",
    value: (environment) => environment.ifname,
    commands: ATTACHMENT_COMMANDS,
    check: checkIfname,
  },
  {
    name: "CNI_PATH",
    value: (environment) => environment.path,
    // Optional for the others (CNI 1.1.0, section 2): who delegates will say
    // that there is none.
    commands: ["GC"],
  },
];

/** The version of the specification that brought a command. */
const COMMAND_SINCE: ReadonlyMap<string, SpecVersion> = new Map([
  ["ADD", "0.1.0"],
  ["DEL", "0.1.0"],
  ["CHECK", "0.4.0"],
  ["GC", "1.1.0"],
  ["STATUS", "1.1.0"],
]);

/**
 * Runs one call of a plugin: the protocol of CNI 1.1.0, section 2, from raw
 * text to raw text. Variables are checked first, then the configuration, then
 * the versions; only then is the plugin called. A failure of any kind is an
 * error object on stdout and status 1; `dispatch` itself never throws.
 *
 * @param plugin The plugin to call.
 * @param environment The `CNI_*` variables.
 */
export async function dispatch(
  plugin: Plugin,
  environment: Environment,
  { readStdin, context }: DispatchOptions,
): Promise<Reply> {
  // Known once the configuration is read; the error object should carry it.
  let cniVersion: string | undefined;
  try {
    checkEnvironment(environment);
    if (environment.command === "VERSION") return versionReply(plugin);
    const stdin = await readStdin();
    const object = parseObject(stdin);
    cniVersion = plugin.versions.find((one) => one === object.cniVersion);
    const config = parsePluginConfig(object);
    const request = { ...environment, stdin, config };
    cniVersion = checkVersions(plugin, request);
    const delegations = enterPlugin(plugin.name, request);
    return success(
      await traced(
        () => `${plugin.name} ${request.command}`,
        () => run(plugin, { ...request, delegations }, context),
      ),
    );
  } catch (thrown) {
    const error = toCniError(thrown);
    const stdout = formatJson(errorToJson(error, cniVersion));
    return { status: 1, stdout, stderr: "" };
  }
}

/**
 * Reads a call for a plugin as {@linkcode dispatch} does, and does nothing with
 * it.
 *
 * @throws {CniError} What {@linkcode dispatch} would print.
 */
export function readRequest(plugin: Plugin, call: Call): Request {
  checkEnvironment(call);
  const config = parsePluginConfig(parseObject(call.stdin));
  const request = { ...call, config };
  checkVersions(plugin, request);
  return { ...request, delegations: enterPlugin(plugin.name, request) };
}

/** The text that tells a person who started a plugin by hand what it is. */
export function aboutText(plugin: Plugin, programVersion: string): string {
  return `CNI ${plugin.name} plugin v${programVersion}\n` +
    `CNI protocol versions supported: ${plugin.versions.join(", ")}\n`;
}

function parseObject(stdin: string): JsonObject {
  return parseJsonObject(stdin, "network configuration");
}

function checkEnvironment(environment: Environment): void {
  const { command } = environment;
  const missing = command === "" ? ["CNI_COMMAND"] : [];
  for (const { name, value, commands, check } of VARIABLES) {
    if (!commands.includes(command)) continue;
    const text = value(environment);
    if (text === "") missing.push(name);
    else check?.(text);
  }
  if (missing.length === 0) return;
  const message = `required env variables [${missing.join(",")}] missing`;
  throw new CniError(CniCode.InvalidEnvironment, message, {
    details: command === ""
      ? "CNI_COMMAND is unset: set it to ADD, CHECK, DEL, GC, STATUS or VERSION"
      : `CNI_COMMAND is ${command}, which needs them all set`,
  });
}

/** The reply to VERSION (CNI 1.1.0, section 2), which depends on nothing else. */
export function versionReply(plugin: Plugin): Reply {
  const information: JsonObject = {
    cniVersion: CURRENT_VERSION,
    supportedVersions: plugin.versions,
  };
  return success(formatJsonLine(information) + "\n");
}

/** Returns the version to speak, or throws a code 1, 4 or 6. */
function checkVersions(plugin: Plugin, request: Request): string {
  const { command, config: { cniVersion } } = request;
  const since = COMMAND_SINCE.get(command);
  if (since === undefined) {
    const message = `unknown CNI_COMMAND: ${command}`;
    throw new CniError(CniCode.InvalidEnvironment, message, {
      details: "expected ADD, CHECK, DEL, GC, STATUS or VERSION",
    });
  }
  // ADD and DEL are as old as the specification: for them, any version that
  // is not the plugin's is simply incompatible, whatever it looks like.
  const isNew = since !== "0.1.0";
  if (isNew && !isAtLeast(cniVersion, since)) {
    const message = `config version does not allow ${command}`;
    throw new CniError(CniCode.IncompatibleVersion, message, {
      details: `cniVersion is "${cniVersion}": ${command} needs ${since} or ` +
        "newer",
    });
  }
  if (plugin.versions.includes(cniVersion)) return cniVersion;
  const isTooNew = isNew &&
    plugin.versions.every((version) =>
      compareVersions(version, cniVersion) < 0
    );
  const message = isTooNew
    ? `plugin version does not allow ${command}`
    : "incompatible CNI versions";
  const supported = plugin.versions.map((version) => `"${version}"`).join(" ");
  throw new CniError(CniCode.IncompatibleVersion, message, {
    details: `config is "${cniVersion}", plugin supports [${supported}]`,
  });
}

/** Calls the plugin's function and returns what belongs on stdout. */
async function run(
  plugin: Plugin,
  request: Request,
  context: Context,
): Promise<string> {
  switch (request.command) {
    case "ADD": {
      const result = await plugin.add(request, context);
      try {
        const { cniVersion } = request.config;
        return formatJson(resultToJson(result, cniVersion));
      } catch (error) {
        // A result that cannot be told is a failed ADD: it leaves nothing.
        await detach(plugin, request, context);
        throw error;
      }
    }
    case "CHECK":
      await plugin.check(request, context);
      return "";
    case "DEL":
      await plugin.del(request, context);
      return "";
    case "GC":
      await plugin.gc?.(request, context);
      return "";
    default:
      await plugin.status?.(request, context);
      return "";
  }
}

/** Takes an ADD back; that this fails too is no reason to hide the first error. */
async function detach(
  plugin: Plugin,
  request: Request,
  context: Context,
): Promise<void> {
  try {
    await plugin.del({ ...request, command: "DEL" }, context);
  } catch (thrown) {
    context.warn(`Cannot take the ADD back: ${toCniError(thrown)}`);
  }
}

function success(stdout: string): Reply {
  return { status: 0, stdout, stderr: "" };
}
