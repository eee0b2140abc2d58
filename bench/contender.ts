import { PROJECT_ROOT } from "../scripts/project.ts";
import type { Run } from "./contest.ts";
import { type Background, RESIDENT, startDaemon } from "./daemon.ts";
import { runProgram } from "./measure.ts";

/** The folder of our plugins, as `make build` leaves it. */
export const OURS = `${PROJECT_ROOT}/build/bin`;

/** The folder of the reference's plugins, as Debian installs them. */
const INSTALLED_REFERENCE = "/usr/lib/cni";

/** A folder of plugins that is measured, with what belongs to it alone. */
export interface Contender {
  readonly name: string;
  /** The folder of its plugins. */
  readonly binDir: string;
  /** Name of its bridge. */
  readonly bridge: string;
  /** Path of the network namespace that it attaches. */
  readonly netns: string;
  /** Folder of its state. */
  readonly dataDir: string;
  /** What works for its programs. */
  readonly background?: Background | undefined;
}

/** A call of a plugin. */
export interface PluginCall {
  readonly plugin: string;
  readonly command: string;
  /** The configuration; a function is called when the plugin is. */
  readonly config: unknown | (() => unknown);
  /** When it is not the contender's own. */
  readonly netns?: string;
  readonly containerId?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Takes the result. */
  readonly keep?: (stdout: string) => void;
}

/** The run that a call of a contender's plugin is. */
export function pluginRun(contender: Contender, call: PluginCall): Run {
  const { plugin, command, config, keep } = call;
  const text = () =>
    JSON.stringify(typeof config === "function" ? config() : config);
  return {
    words: [`${contender.binDir}/${plugin}`],
    stdin: text,
    ...(keep === undefined ? {} : { keep }),
    env: {
      CNI_COMMAND: command,
      CNI_CONTAINERID: call.containerId ?? `bench-${contender.bridge}`,
      CNI_NETNS: call.netns ?? contender.netns,
      CNI_IFNAME: "eth0",
      CNI_PATH: contender.binDir,
      ...call.env,
    },
  };
}

/** The contenders, and how to remove what they leave. */
export interface Ring {
  readonly ours: Contender;
  readonly reference: Contender;
  /** Ours in resident mode; absent where that is not built. */
  readonly resident: Contender | undefined;
  /** Has something removed at the end, last first. */
  readonly cleanup: AsyncDisposableStack;
}

/** Makes what the contenders need; `cleanup` removes it. */
export async function enterRing(cleanup: AsyncDisposableStack): Promise<Ring> {
  const background = await startDaemon(cleanup);
  const resident = background &&
    await makeContender("resident", RESIDENT, cleanup);
  const reference = await findReference();
  return {
    ours: await makeContender("ours", OURS, cleanup),
    reference: await makeContender("reference", reference, cleanup),
    resident: resident && { ...resident, background },
    cleanup,
  };
}

/** The newest release, or else what is installed. */
async function findReference(): Promise<string> {
  const program = `${PROJECT_ROOT}/scripts/reference`;
  const { success, stdout } = await new Deno.Command(program).output();
  return success
    ? new TextDecoder().decode(stdout).trim()
    : INSTALLED_REFERENCE;
}

async function makeContender(
  name: string,
  binDir: string,
  cleanup: AsyncDisposableStack,
): Promise<Contender> {
  const dataDir = `/var/lib/cni/bench-${Deno.pid}-${name}`;
  await Deno.mkdir(dataDir, { recursive: true });
  cleanup.defer(() => Deno.remove(dataDir, { recursive: true }));
  const netns = await addNetns(name, cleanup);
  return { name, binDir, bridge: `bench-${name}`, netns, dataDir };
}

/** Makes a network namespace; returns its path. */
export async function addNetns(
  suffix: string,
  cleanup: AsyncDisposableStack,
): Promise<string> {
  const name = `cni-bench-${Deno.pid}-${suffix}`;
  await runProgram({ words: ["ip", "netns", "add", name] });
  cleanup.defer(async () => {
    await runProgram({ words: ["ip", "netns", "delete", name] });
  });
  return `/run/netns/${name}`;
}

/** Whether a contender has a plugin. */
export function hasPlugin({ binDir }: Contender, plugin: string): boolean {
  try {
    return Deno.statSync(`${binDir}/${plugin}`).isFile;
  } catch {
    return false;
  }
}
