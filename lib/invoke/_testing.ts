import type { Call } from "../plugin/mod.ts";

/** A folder of executable files, removed when it is disposed of. */
export interface TestPlugins extends Disposable {
  readonly folder: string;
  /** Writes an executable `sh` script and returns its path. */
  add(name: string, script: string): string;
}

/** Makes an empty {@linkcode TestPlugins}. */
export function testPlugins(): TestPlugins {
  const folder = Deno.makeTempDirSync({ prefix: "cni-plugins-" });
  return {
    folder,
    add(name, script) {
      const path = `${folder}/${name}`;
      Deno.writeTextFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      return path;
    },
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** An ADD, changed by `changes`. */
export function testCall(changes: Partial<Call> = {}): Call {
  return {
    command: "ADD",
    containerId: "c1",
    netns: "/run/netns/c1",
    ifname: "eth0",
    args: "",
    path: "",
    netnsOverride: "",
    stdin: '{"cniVersion":"1.1.0","name":"net1"}',
    ...changes,
  };
}
