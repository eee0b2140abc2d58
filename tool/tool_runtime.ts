import { splitPluginPath } from "../lib/invoke/mod.ts";
import { type OperationOptions, Runtime } from "../lib/runtime/mod.ts";
import {
  type Flag,
  printable,
  UsageError,
  type Words,
} from "../terminal/mod.ts";
import type { ToolContext } from "./tool_command.ts";

/** Where things are, by the environment. */
export interface Places {
  /** The folder of the network configurations. */
  readonly configFolder: string;
  /** The folders of the plugins. */
  readonly pluginFolders: readonly string[];
}

const DEFAULT_CONFIG_FOLDER = "/etc/cni/net.d";

/** What {@linkcode readTimeout} reads. */
export const TIMEOUT: Flag = {
  name: "timeout",
  value: "SECONDS",
  summary: "end a plugin that takes longer than this (120)",
};

const DEFAULT_TIMEOUT_S = 120;

/** A day: above it, the timers of JavaScript overflow. */
const MAX_TIMEOUT_S = 86_400;

/** Reads the variables that say where things are. */
export function readPlaces({ process, self }: ToolContext): Places {
  const path = process.env("CNI_PATH");
  return {
    configFolder: process.env("NETCONFPATH") || DEFAULT_CONFIG_FOLDER,
    pluginFolders: path === "" ? defaultFolders(self) : splitPluginPath(path),
  };
}

/** Makes the runtime that a command works with. */
export function openRuntime(context: ToolContext): Runtime {
  const { process, registry, self, cacheDir } = context;
  return new Runtime({
    path: readPlaces(context).pluginFolders,
    cacheDir,
    warn: (message) => process.writeStderr(`${printable(message)}\n`),
    registry,
    self,
    forceExec: process.env("CNI_FORCE_EXEC") !== "",
  });
}

/**
 * Runs `act` so that an interrupt ends it instead of the program, which has
 * time to take back what was begun. A plugin is ended at the timeout.
 */
export async function interruptible<T>(
  words: Words,
  { process, callInProcess }: ToolContext,
  act: (options: OperationOptions, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stop = process.onInterrupt(() =>
    controller.abort(new Error("interrupted"))
  );
  try {
    const timeoutMs = readTimeout(words) * 1000;
    const { signal } = controller;
    return await act(callInProcess ? {} : { signal, timeoutMs }, signal);
  } finally {
    stop();
  }
}

function readTimeout(words: Words): number {
  const text = words.value(TIMEOUT.name);
  if (text === undefined) return DEFAULT_TIMEOUT_S;
  const seconds = Number(text);
  if (seconds > 0 && seconds <= MAX_TIMEOUT_S) return seconds;
  const bounds = `a number of seconds above 0, up to ${MAX_TIMEOUT_S}`;
  throw new UsageError(
    `--timeout is ${JSON.stringify(text)}: expected ${bounds}`,
  );
}

/** This program comes with its plugins beside it. */
function defaultFolders(self = ""): readonly string[] {
  const end = self.lastIndexOf(Deno.build.os === "windows" ? "\\" : "/");
  const own = end < 0 ? [] : [self.slice(0, end) || "/"];
  return [...new Set([...own, "/opt/cni/bin"])];
}
