import { resolve } from "@std/path/posix/resolve";
import { splitPluginPath } from "../../lib/invoke/mod.ts";
import type { Attachment } from "../../lib/runtime/mod.ts";
import { containerIdOf } from "../container_id.ts";
import { DEFAULT_IFNAME, readArguments } from "../read_arguments.ts";
import type { ToolProcess } from "../../terminal/mod.ts";

/** What the environment says about every command. */
export interface Settings {
  /** The folder of the network configurations. */
  readonly configFolder: string;
  /** The folders of the plugins. */
  readonly pluginFolders: readonly string[];
}

const DEFAULT_CONFIG_FOLDER = "/etc/cni/net.d";

/** Reads the variables that say where things are. */
export function readSettings(
  process: ToolProcess,
): Settings {
  const pluginFolders = splitPluginPath(process.env("CNI_PATH"));
  const configFolder = process.env("NETCONFPATH") || DEFAULT_CONFIG_FOLDER;
  return { configFolder, pluginFolders };
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
  const path = netns.startsWith("/")
    ? resolve(netns)
    : resolve(process.cwd(), netns);
  return {
    containerId: await containerIdOf(path),
    netns: path,
    ifname: ifname || process.env("CNI_IFNAME") || DEFAULT_IFNAME,
    ...readArguments(process),
  };
}
