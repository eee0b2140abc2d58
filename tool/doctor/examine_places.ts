import { describe } from "../../lib/spec/mod.ts";
import type { Places } from "../tool_runtime.ts";
import type { Diagnosis } from "./diagnosis.ts";

/** Where plugins and runtimes keep what they have to remember. */
const STATE_FOLDERS = ["/var/lib/cni", "/run/cni"];

/** Looks at the folders that are used, and at the right to use them. */
export function examinePlaces(
  { configFolder, pluginFolders }: Places,
): readonly Diagnosis[] {
  return [
    examineRead(configFolder, {
      what: "configurations",
      variable: "NETCONFPATH",
    }),
    ...pluginFolders.map((folder) =>
      examineRead(folder, { what: "plugins", variable: "CNI_PATH" })
    ),
    ...STATE_FOLDERS.map(examineWrite),
  ];
}

function examineRead(
  path: string,
  { what, variable }: { readonly what: string; readonly variable: string },
): Diagnosis {
  const text = `${what} in ${path}`;
  const permission = { name: "read", path } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") {
    return {
      status: "warning",
      text: `${text}: this program may not read it`,
      remedy: `build it in with make build READ_DIRS=${path}`,
    };
  }
  if (isFolder(path)) return { status: "ok", text };
  return {
    status: "warning",
    text: `${text}: no such folder`,
    remedy: `make it, or name another in ${variable}`,
  };
}

function examineWrite(path: string): Diagnosis {
  const text = `state in ${path}`;
  const permission = { name: "write", path } as const;
  if (Deno.permissions.querySync(permission).state !== "granted") {
    return {
      status: "failure",
      text: `${text}: this program may not write to it`,
      remedy: `build it in with make build STATE_DIRS=${path}`,
    };
  }
  // Absent is well: plugins make it.
  return isFolder(path) || !isAnything(path) ? { status: "ok", text } : {
    status: "failure",
    text: `${describe(path)} is not a folder`,
    remedy: "move it away",
  };
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function isAnything(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
