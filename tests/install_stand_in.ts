import { installApplet } from "../install/install_applet.ts";
import { versionReply } from "../lib/plugin/mod.ts";
import { registryFor } from "../plugins/mod.ts";

/** The version that the stand-in tells. */
const VERSION = "1.2.3";

/** How {@linkcode installStandIn} installs. */
export interface StandInInstall {
  /** The program's path; what is there is overwritten. */
  readonly self: string;
  /** The build that it says to be of. */
  readonly buildId?: string;
}

/**
 * Installs a program that answers as an installation asks, in place of one that
 * is compiled, for which Deno's runtime is needed.
 *
 * @param args The words after `cni install`.
 * @returns The exit status, and all that was printed.
 */
export async function installStandIn(
  args: readonly string[],
  { self, buildId = "b1" }: StandInInstall,
): Promise<{ readonly status: number; readonly output: string }> {
  const registry = registryFor("linux");
  const [name] = [...registry.keys()].sort();
  const reply = versionReply(await registry.get(name!)!()).stdout.trim();
  const script = `#!/bin/sh
[ "$1" = ${name} ] && echo '${reply}' || echo 'cni ${VERSION}'
`;
  await Deno.writeTextFile(self, script);
  await Deno.chmod(self, 0o755);
  let output = "";
  const note = (text: string) => void (output += text);
  const status = await installApplet("install", args, {
    ...{ registry, self, buildId, programVersion: VERSION, isCompiled: true },
    process: {
      env: () => "",
      writeStdout: note,
      writeStderr: note,
      readStdin: () => Promise.resolve(""),
      cwd: () => self.slice(0, self.lastIndexOf("/")),
      isTerminal: () => false,
      onInterrupt: () => () => {},
    },
  });
  return { status, output };
}
