import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { staleConnections, stalePattern } from "./conntrack.ts";
import type { Forwarding } from "./forwarding.ts";
import type { MappedPort } from "./mapped_port.ts";

/**
 * Deletes the UDP connections that came by a port before it was mapped. What
 * keeps this from being done is told, and no error: such connections end by
 * themselves once nothing has come by them for a while.
 */
export async function flushStaleConnections(
  forwardings: readonly Forwarding[],
  executor: Executor,
): Promise<void> {
  const lines = staleConnections(forwardings);
  if (lines.length === 0) return;
  await executor.act(
    lines.map((words) => ({
      purpose: "end connections that came by the port before it was mapped",
      command: ["conntrack", ...words].join(" "),
    })),
    () => flushLines(lines, forwardings, executor),
  );
}

async function flushLines(
  lines: readonly (readonly string[])[],
  forwardings: readonly Forwarding[],
  { run, warn }: Executor,
): Promise<void> {
  try {
    const { status, stderr } = await runLines(lines, run);
    if (status === 0 || NONE.test(stderr)) return;
    warn(`${MESSAGE}: conntrack: ${reasonOf(stderr) || `status ${status}`}`);
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
    if (await hasNone(forwardings, run)) return;
    warn(
      `${MESSAGE}: ${error.details}; until then, who sends to such a port ` +
        "without a pause may not reach the container",
    );
  }
}

/** Deletes the UDP connections to ports that are not mapped any more. */
export async function flushEndedConnections(
  ports: readonly MappedPort[],
  { run, act }: Executor,
): Promise<void> {
  const udp = ports.filter(({ protocol }) => protocol === "udp");
  const addresses = new Map(udp.map((port) => [port.address, port.family]));
  try {
    for (const [address, family] of addresses) {
      const match = ["-p", "udp", "--dst-nat", address];
      const args = ["-D", "-f", `ipv${family}`, ...match];
      const planned = {
        purpose: `end connections that came by a mapped port to ${address}`,
        command: ["conntrack", ...args].join(" "),
      };
      // However it ends: they end by themselves.
      await act([planned], () => run({ program: "conntrack", args }));
    }
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
  }
}

const MESSAGE = "Cannot end the UDP connections that came by mapped ports " +
  "before they were mapped";

/** What conntrack says, with exit status 1, where there is nothing to delete. */
const NONE = /\b0 flow entries have been deleted/;

async function runLines(
  lines: readonly (readonly string[])[],
  run: Run,
): Promise<Output> {
  const [args = [], ...more] = lines;
  if (more.length === 0) return await run({ program: "conntrack", args });
  const texts = lines.map((words) => words.join(" "));
  const stdin = [...texts, ""].join("\n");
  const output = await run({ program: "conntrack", args: ["-R", "-"], stdin });
  if (output.status === 0) return output;
  // Old releases take only one deletion at a time.
  const commands = texts.map((text) => `conntrack ${text}\n`);
  return await run({ program: "sh", args: ["-s"], stdin: commands.join("") });
}

/** Whether the kernel tells that there are no such connections. */
async function hasNone(
  forwardings: readonly Forwarding[],
  run: Run,
): Promise<boolean> {
  const pattern = stalePattern(forwardings);
  const args = ["-qE", pattern, "/proc/net/nf_conntrack"];
  // 1 says that no line matches; more, that the file cannot be read.
  return (await run({ program: "grep", args })).status === 1;
}
