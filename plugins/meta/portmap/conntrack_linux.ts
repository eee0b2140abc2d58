import {
  type Output,
  ProgramMissingError,
  reasonOf,
  type Run,
} from "../../../lib/linux/mod.ts";
import type { PlannedAct } from "../../../lib/plugin/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import {
  type Connection,
  parseConnections,
  possibleDeletions,
  staleDeletions,
  udpMappingsOf,
  type Words,
} from "./conntrack.ts";
import type { Forwarding } from "./forwarding.ts";
import type { MappedPort } from "./mapped_port.ts";

/**
 * Deletes the UDP connections that keep packets from a port that is mapped
 * now. What keeps this from being done is told, and no error: such connections
 * end by themselves once nothing has come by them for a while.
 */
export async function flushStaleConnections(
  forwardings: readonly Forwarding[],
  executor: Executor,
): Promise<void> {
  const some = forwardings.filter((one) => udpMappingsOf(one).length > 0);
  if (some.length === 0) return;
  const purpose = "end connections that came by the port before it was mapped";
  await executor.act(
    possibleDeletions(some).map((words) => planned(purpose, words)),
    () => flush(some, executor),
  );
}

async function flush(
  forwardings: readonly Forwarding[],
  { run, warn }: Executor,
): Promise<void> {
  try {
    // The kernel goes through all connections for each deletion, which takes
    // its time: only what is there is deleted.
    const lines = staleDeletions(
      forwardings,
      await listConnections(forwardings, run),
    );
    if (lines.length === 0) return;
    const { status, stderr } = await runLines(lines, run);
    if (status === 0 || NONE.test(stderr)) return;
    warn(`${MESSAGE}: conntrack: ${reasonOf(stderr) || `status ${status}`}`);
  } catch (error) {
    if (error instanceof ConntrackError) {
      warn(`${MESSAGE}: conntrack: ${error.message}`);
      return;
    }
    if (!(error instanceof ProgramMissingError)) throw error;
    if (await hasNone(forwardings, run)) return;
    warn(
      `${MESSAGE}: ${error.details}; until then, who sends to such a port ` +
        "without a pause may not reach the container",
    );
  }
}

/**
 * Deletes the UDP connections to ports that are not mapped any more, and those
 * by which their servers have answered since: what asks by them would go on to
 * reach the container.
 */
export async function flushEndedConnections(
  ports: readonly MappedPort[],
  { run, act }: Executor,
): Promise<void> {
  const udp = ports.filter(({ protocol }) => protocol === "udp");
  const addresses = new Map(udp.map((port) => [port.address, port.family]));
  const purpose = "end connections that came by a mapped port to";
  try {
    for (const [address, family] of addresses) {
      const all = ["-D", "-f", `ipv${family}`, "-p", "udp"];
      const asked = [...all, "--dst-nat", address];
      const answered = [...all, "--orig-src", address];
      await act(
        [asked, answered].map((words) =>
          planned(`${purpose} ${address}`, words)
        ),
        async () => {
          // However it ends: they end by themselves.
          await run({ program: "conntrack", args: asked });
          for (let count = 0; count < MAX_ANSWERS; count++) {
            const { status } = await run({
              program: "conntrack",
              args: answered,
            });
            if (status !== 0) break;
          }
        },
      );
    }
  } catch (error) {
    if (!(error instanceof ProgramMissingError)) throw error;
  }
}

/** How often an answer may be on its way when its connection is deleted. */
const MAX_ANSWERS = 3;

const MESSAGE = "Cannot end the UDP connections that came by mapped ports " +
  "before they were mapped";

/** What conntrack says, with exit status 1, where there is nothing to delete. */
const NONE = /\b0 flow entries have been deleted/;

/** A listing that failed. */
class ConntrackError extends Error {}

function planned(purpose: string, words: Words): PlannedAct {
  return { purpose, command: ["conntrack", ...words].join(" ") };
}

/**
 * The UDP connections about the mapped ports, and some more.
 *
 * @throws {ProgramMissingError} If conntrack is not installed.
 * @throws {ConntrackError} If it failed.
 */
async function listConnections(
  forwardings: readonly Forwarding[],
  run: Run,
): Promise<readonly Connection[]> {
  const script = forwardings.map((forwarding) =>
    `{
conntrack -L -f ipv${forwarding.family} -p udp
echo "${STATUS} $?"
} | ${portFilter(forwarding, [STATUS])}`
  );
  const stdin = script.join("\n");
  const output = await run({ program: "sh", args: ["-s"], stdin });
  const { stdout, stderr } = output;
  const statuses = [...stdout.matchAll(STATUSES)].map(([, text]) =>
    Number(text)
  );
  if (statuses.includes(NOT_FOUND)) {
    throw new ProgramMissingError("conntrack", stderr);
  }
  const fault = statuses.find((status) => status !== 0);
  if (fault !== undefined || statuses.length < forwardings.length) {
    const { status } = output;
    throw new ConntrackError(reasonOf(stderr) || `status ${fault ?? status}`);
  }
  return parseConnections(stdout);
}

/** Stands before the exit status of a listing. */
const STATUS = "status=";
const STATUSES = new RegExp(`^${STATUS} (\\d+)$`, "gm");

/** The exit status by which a shell says that it found no such program. */
const NOT_FOUND = 127;

/** Words of a shell that pass on only lines about mapped ports, and others. */
function portFilter(
  forwarding: Forwarding,
  others: readonly string[],
  file = "",
): string {
  const ports = udpMappingsOf(forwarding).map(({ hostPort }) =>
    `dport=${hostPort}`
  );
  const patterns = [...others, ...new Set(ports)].join("\n");
  return `grep -wF -f /dev/fd/3 ${file} 3<<'.'\n${patterns}\n.`;
}

async function runLines(
  lines: readonly Words[],
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
  for (const forwarding of forwardings) {
    const stdin = portFilter(forwarding, [], "/proc/net/nf_conntrack");
    const { status, stdout } = await run({
      program: "sh",
      args: ["-s"],
      stdin,
    });
    // 1 says that no line matches; more, that the file cannot be read.
    if (status === 1) continue;
    if (status !== 0) return false;
    const connections = parseConnections(stdout);
    if (staleDeletions([forwarding], connections).length > 0) return false;
  }
  return true;
}
