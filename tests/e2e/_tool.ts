import type { Host } from "./_host.ts";
import { BIN } from "./_requirements.ts";
import type { Output, RunOptions } from "./_run.ts";

/** `cni tool` on a host, with a folder of configurations of its own. */
export interface HostTool {
  /** The folder, which the program may read. */
  readonly configFolder: string;
  /** Writes a configuration. */
  write(name: string, content: object): Promise<void>;
  /** Runs a command line, whatever comes of it. */
  run(words: readonly string[], options?: RunOptions): Promise<Output>;
  /** Starts a command line and does not wait for it. */
  start(words: readonly string[], options?: RunOptions): Deno.ChildProcess;
  /** Runs a command line that must succeed; returns its stdout. */
  must(words: readonly string[], options?: RunOptions): Promise<string>;
}

/** Makes a {@linkcode HostTool}; what it keeps goes with the host. */
export async function createTool(host: Host): Promise<HostTool> {
  // Below what the program may read, whatever the build.
  const configFolder = `/var/lib/cni/conf-${host.id}`;
  await Deno.mkdir(configFolder, { recursive: true });
  host.defer(() => Deno.remove(configFolder, { recursive: true }));
  const variables = {
    NETCONFPATH: configFolder,
    CNI_PATH: BIN,
    CNI_IFNAME: "",
    CNI_ARGS: "",
    CAP_ARGS: "",
  };
  const run: HostTool["run"] = (words, { stdin, env } = {}) =>
    host.run([`${BIN}/cni`, "tool", ...words], {
      ...(stdin === undefined ? {} : { stdin }),
      env: { ...variables, ...env },
    });
  return {
    configFolder,
    write: (name, content) =>
      Deno.writeTextFile(`${configFolder}/${name}`, JSON.stringify(content)),
    run,
    start: (words, { env } = {}) =>
      new Deno.Command("nsenter", {
        args: [`--net=${host.path}`, "--", `${BIN}/cni`, "tool", ...words],
        env: { ...variables, ...env },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    async must(words, options) {
      const { status, stdout, stderr } = await run(words, options);
      if (status === 0) return stdout;
      throw new Error(`cni tool ${words.join(" ")}: ${status}\n${stderr}`);
    },
  };
}

/** A list of one bridge plugin for a host. */
export function bridgeList(host: Host, more: object = {}): object {
  return {
    cniVersion: "1.1.0",
    name: host.network,
    plugins: [
      {
        type: "bridge",
        bridge: host.bridge,
        isGateway: true,
        ipMasq: true,
        ipam: {
          type: "host-local",
          dataDir: host.dataDir,
          ranges: [[{ subnet: "10.89.0.0/24" }], [{ subnet: "fd89::/64" }]],
          routes: [{ dst: "0.0.0.0/0" }],
        },
        ...more,
      },
    ],
  };
}
