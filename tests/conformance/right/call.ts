/**
 * What the right plugins share: they are small, and can be told to do one
 * thing wrong.
 *
 * @module
 */

/** A JSON object of any shape: these plugins are not strict. */
// deno-lint-ignore no-explicit-any -- configurations are read as they come
export type Any = any;

/** A call of a plugin. */
export interface Call {
  readonly command: string;
  readonly containerId: string;
  readonly netns: string;
  readonly ifname: string;
  readonly args: string;
  readonly config: Any;
  /** Whether it is to do a thing wrong, by its name. */
  readonly is: (fault: string) => boolean;
}

/** What a plugin does for each command; what is absent succeeds. */
export type Commands = Readonly<Record<string, (call: Call) => Any>>;

/** An error for the runtime. */
export class PluginError extends Error {}

/** Runs a plugin: its fault is the program's first word. */
export async function runPlugin(commands: Commands): Promise<void> {
  const variable = (name: string) => Deno.env.get(`CNI_${name}`) ?? "";
  try {
    const text = await new Response(Deno.stdin.readable).text();
    const call: Call = {
      command: variable("COMMAND"),
      containerId: variable("CONTAINERID"),
      netns: variable("NETNS"),
      ifname: variable("IFNAME"),
      args: variable("ARGS"),
      config: JSON.parse(text),
      is: (fault) => Deno.args[0] === fault,
    };
    const result = await commands[call.command]?.(call);
    if (result !== undefined) console.log(JSON.stringify(result));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const cniVersion = "1.1.0";
    console.log(JSON.stringify({ cniVersion, code: 999, msg: error.message }));
    Deno.exit(1);
  }
}

/** Runs `ip` on the host; must succeed. */
export function ip(words: string): string {
  return run(["ip", ...words.split(" ")]);
}

/** Runs `ip` in a namespace; must succeed. */
export function ipIn(netns: string, words: string): string {
  return run(["nsenter", `--net=${netns}`, "ip", ...words.split(" ")]);
}

/** Runs a program that must succeed; returns its stdout. */
export function run([program = "", ...args]: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program, { args })
    .outputSync();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new PluginError(decoder.decode(stderr).trim());
}

/** Does something, and says whether it could. */
export function isDone(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** Fails the call unless something is so. */
export function demand(isSo: boolean, message: string): void {
  if (!isSo) throw new PluginError(message);
}

/** Waits, so that calls at the same time meet. */
export function wait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}
