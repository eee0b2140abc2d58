import { resolve } from "@std/path/posix/resolve";
import { splitPluginPath } from "../invoke/mod.ts";
import type { Attachment } from "../runtime/mod.ts";
import {
  CniCode,
  CniError,
  type JsonObject,
  parseJson,
  parseJsonObject,
} from "../spec/mod.ts";
import { containerIdOf } from "./container_id.ts";
import type { Program } from "./help.ts";
import type { ToolProcess } from "./tool_process.ts";

/** What the environment says about every command. */
export interface Settings {
  /** The folder of the network configurations. */
  readonly configFolder: string;
  /** The folders of the plugins. */
  readonly pluginFolders: readonly string[];
}

const DEFAULT_CONFIG_FOLDER = "/etc/cni/net.d";
const DEFAULT_IFNAME = "eth0";

/** Reads the variables that say where things are. */
export function readSettings(
  process: ToolProcess,
  program: Program,
  self: string | undefined,
): Settings {
  const path = process.env("CNI_PATH");
  // The reference knows no default, and `cnitool` is to fail as it does.
  const pluginFolders = path === "" && program === "cni tool"
    ? defaultFolders(self)
    : splitPluginPath(path);
  const configFolder = process.env("NETCONFPATH") || DEFAULT_CONFIG_FOLDER;
  return { configFolder, pluginFolders };
}

/** This program comes with its plugins beside it. */
function defaultFolders(self = ""): readonly string[] {
  const end = self.lastIndexOf(Deno.build.os === "windows" ? "\\" : "/");
  const own = end < 0 ? [] : [self.slice(0, end) || "/"];
  return [...new Set([...own, "/opt/cni/bin"])];
}

/**
 * Reads what is to be attached: the namespace and the interface that the
 * command line names, and arguments from the environment.
 *
 * @throws {CniError} Code 4 if `CNI_ARGS` is no list of pairs, code 6 if
 * `CAP_ARGS` is no JSON object.
 */
export async function readAttachment(
  process: ToolProcess,
  { netns, ifname }: { readonly netns: string; readonly ifname: string },
): Promise<Attachment> {
  const capabilityArgs = parseCapabilityArgs(process.env("CAP_ARGS"));
  const args = parseToolArgs(process.env("CNI_ARGS"));
  const path = netns.startsWith("/")
    ? resolve(netns)
    : resolve(process.cwd(), netns);
  return {
    containerId: await containerIdOf(path),
    netns: path,
    ifname: ifname || process.env("CNI_IFNAME") || DEFAULT_IFNAME,
    args,
    capabilityArgs,
  };
}

function parseCapabilityArgs(text: string): JsonObject {
  if (text === "" || parseJson(text, "CAP_ARGS") === null) return {};
  return parseJsonObject(text, "CAP_ARGS");
}

/** Stricter than what plugins take: no value may be empty. */
function parseToolArgs(text: string): readonly (readonly [string, string])[] {
  if (text === "") return [];
  return text.split(";").map((pair) => {
    const [key, value, ...rest] = pair.split("=");
    if (key && value && rest.length === 0) return [key, value];
    const message = `invalid CNI_ARGS pair ${JSON.stringify(pair)}`;
    throw new CniError(CniCode.InvalidEnvironment, message, {
      details: "expected pairs K=V joined by ;, with a key, a value and " +
        "exactly one = in each",
    });
  });
}
