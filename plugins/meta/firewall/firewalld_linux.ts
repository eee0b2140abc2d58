import { type Output, reasonOf, type Run } from "../../../lib/linux/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import type { FirewallConfig } from "./config.ts";
import {
  type Client,
  CLIENTS,
  isYes,
  runningCommand,
  searchScript,
  type SourceAct,
  sourceCommand,
} from "./firewalld.ts";

/** firewalld, as far as it can be talked to. */
export interface Firewalld {
  readonly client: Client;
  /** The zone that addresses are put into. */
  readonly zone: string;
}

/**
 * Finds firewalld, if it is to be used: always where the configuration asks for
 * it, else where it runs. Where there is no bus or no firewalld, no process is
 * started to find that out.
 *
 * @param run Runs commands; in a shell that stays, or the search is a process.
 * @throws {CniError} Code 999 if it is asked for, but cannot be talked to.
 */
export async function findFirewalld(
  { backend, zone }: Pick<FirewallConfig, "backend" | "zone">,
  run: Run,
): Promise<Firewalld | undefined> {
  if (backend === "iptables") return undefined;
  const isAsked = backend === "firewalld";
  const stdin = searchScript(isAsked);
  const { stdout } = await run({ program: "sh", args: ["-s"], stdin });
  const client = CLIENTS.find((one) => one === stdout.trim());
  if (isAsked) {
    if (client !== undefined) return { client, zone };
    throw new CniError(CniCode.Internal, "Cannot talk to firewalld", {
      details:
        'backend is "firewalld", but there is no system bus, or none of ' +
        `${
          CLIENTS.join(", ")
        }: install and start firewalld, or choose iptables`,
    });
  }
  if (client === undefined) return undefined;
  const output = await run(runningCommand(client));
  return isYes(output.stdout) ? { client, zone } : undefined;
}

/**
 * Has firewalld let addresses pass: it puts them into the zone.
 *
 * @param sources Addresses, such as `10.1.2.3/32`.
 * @throws {CniError} Code 999 with firewalld's reason.
 */
export async function addSources(
  firewalld: Firewalld,
  sources: readonly string[],
  executor: Executor,
): Promise<void> {
  const { client, zone } = firewalld;
  for (const source of sources) {
    const output = await ask(firewalld, executor, { act: "add", source });
    if (output === undefined) continue;
    if (/ZONE_ALREADY_SET/.test(output.stdout + output.stderr)) continue;
    if (output.status !== 0) {
      const message = `failed to add the address ${source} to ${zone} zone`;
      throw new CniError(CniCode.Internal, message, {
        details: `${client}: ${faultOf(output)}`,
      });
    }
    executor.undo.push(async () => {
      await ask(firewalld, executor, { act: "remove", source });
    });
  }
}

/**
 * Has firewalld forget addresses.
 *
 * @returns What went wrong; that one is not there does not count.
 */
export async function removeSources(
  firewalld: Firewalld,
  sources: readonly string[],
  executor: Executor,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const source of sources) {
    const output = await ask(firewalld, executor, { act: "remove", source });
    if (output === undefined || output.status === 0) continue;
    const isGone = /UNKNOWN_SOURCE|NOT_ENABLED/.test(
      output.stdout + output.stderr,
    );
    if (!isGone) faults.push(faultOf(output));
  }
  return faults;
}

/** The first address that is not in the zone. */
export async function findMissingSource(
  firewalld: Firewalld,
  sources: readonly string[],
  executor: Executor,
): Promise<string | undefined> {
  for (const source of sources) {
    const output = await ask(firewalld, executor, { act: "query", source });
    if (output !== undefined && !isYes(output.stdout)) return source;
  }
  return undefined;
}

/** What firewalld says; nothing for a plan. */
async function ask(
  { client, zone }: Firewalld,
  executor: Executor,
  { act, source }: { readonly act: SourceAct; readonly source: string },
): Promise<Output | undefined> {
  const command = sourceCommand(client, act, { zone, source });
  const text = [command.program, ...command.args].join(" ");
  const purpose = `${act} ${source} in firewalld's zone ${zone}`;
  return await executor.act(
    [{ purpose, command: text }],
    () => executor.run(command),
  );
}

function faultOf({ status, stderr, stdout }: Output): string {
  return reasonOf(stderr || stdout) || `exit status ${status}`;
}
