import { dispatch, type Reply } from "../../../lib/plugin/mod.ts";
import type { JsonObject } from "../../../lib/spec/mod.ts";
import type { Boot } from "./boot.ts";
import { hostLocal, hostLocalWith } from "./host_local.ts";
import { certainBoot } from "./present_boot.ts";
import type { ReadBoot } from "./read_boot.ts";

/** A call of host-local, of which a test tells what matters to it. */
export interface TestCall {
  readonly command: "ADD" | "CHECK" | "DEL" | "GC" | "STATUS";
  readonly config: JsonObject;
  /** Default: `c1`. */
  readonly containerId?: string;
  /** Default: `eth0`. */
  readonly ifname?: string;
  readonly args?: string;
  /** Which boot our plugin believes in, if any; by default it finds out. */
  readonly boot?: Boot | undefined;
  /** How our plugin finds out; goes before `boot`. */
  readonly readBoot?: ReadBoot;
}

/** A namespace that does not exist: host-local touches none. */
export const NETNS = "/run/netns/host-local-test-none";

/** Calls our plugin through the protocol, within this process. */
export function callOurs(call: TestCall): Promise<Reply> {
  const { command, config, containerId = "c1", ifname = "eth0" } = call;
  const { boot, readBoot = () => certainBoot(boot) } = call;
  const isTold = "boot" in call || "readBoot" in call;
  const plugin = isTold ? hostLocalWith(readBoot) : hostLocal;
  const environment = {
    command,
    containerId,
    ifname,
    netns: NETNS,
    args: call.args ?? "",
    path: "/nowhere",
    netnsOverride: "",
  };
  return dispatch(plugin, environment, {
    readStdin: () => Promise.resolve(JSON.stringify(config)),
    context: {
      delegate: () => Promise.reject(new Error("host-local delegates nothing")),
      preload: () => {},
      isForeign: () => false,
      warn: () => {},
    },
  });
}

/** Calls another program's host-local, as a runtime would. */
export async function callProgram(
  program: string,
  { command, config, containerId = "c1", ifname = "eth0", args = "" }: TestCall,
): Promise<Reply> {
  const child = new Deno.Command(program, {
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: containerId,
      CNI_NETNS: NETNS,
      CNI_IFNAME: ifname,
      CNI_ARGS: args,
      CNI_PATH: "/nowhere",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(config)));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    status: code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

/** A new folder for reservations, removed when disposed of. */
export function makeDataDir(): Disposable & { readonly path: string } {
  // Without links above it, as those would be refused.
  const path = Deno.realPathSync(Deno.makeTempDirSync());
  return {
    path,
    [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }),
  };
}

/** The files below `folder`, by path, and their texts; but for our own aside. */
export function filesBelow(folder: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (name === ".cni") continue;
    if (!isDirectory) files[name] = Deno.readTextFileSync(path);
    else {
      for (const [below, text] of Object.entries(filesBelow(path))) {
        files[`${name}/${below}`] = text;
      }
    }
  }
  return files;
}
