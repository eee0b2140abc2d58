import { assertEquals } from "@std/assert";
import type { Host, Netns, Sandbox } from "./_host.ts";
import { type Any, callPlugin, mustCall, type PluginCall } from "./_plugin.ts";
import { attachmentsOf, netnsStateOf } from "./_state.ts";

/** All that can be seen of an ADD, and of the DEL after it. */
export interface Outcome {
  readonly result: unknown;
  readonly host: unknown;
  readonly sandbox: unknown;
  readonly left: unknown;
}

/** Calls whose outcome is looked at. */
export interface OutcomeCall extends PluginCall {
  /** The plugin's name. */
  readonly plugin: string;
  /** Removes from the host what DEL leaves on purpose. */
  readonly cleanUp?: () => Promise<unknown>;
}

/** Adds, looks, deletes, looks; and makes the host as new. */
export async function outcomeOf(
  host: Host,
  sandbox: Sandbox,
  call: OutcomeCall,
): Promise<Outcome> {
  const stdout = await printedBy(host, sandbox, call, async (named) => ({
    host: await seen(host, named),
    sandbox: await seen(sandbox, named),
  }));
  return JSON.parse(stdout);
}

type Names = (text: string) => string;

/** What ADD prints, with one word for all that is chosen at random. */
export async function printedBy(
  host: Host,
  sandbox: Sandbox,
  { plugin, cleanUp, ...call }: OutcomeCall,
  look?: (named: Names) => Promise<object>,
): Promise<string> {
  await Deno.remove(host.dataDir, { recursive: true }).catch(() => {});
  const full = { ...call, sandbox };
  const { status, stdout, stderr } = await callPlugin(host, plugin, full);
  assertEquals([status, stderr], [0, ""], stdout);
  const names = namesOf(JSON.parse(stdout), await macsIn(host, sandbox));
  const seenThen = await look?.(names);
  await mustCall(host, plugin, { ...full, command: "DEL" });
  const left = await attachmentsOf(host);
  await cleanUp?.();
  const text = names(stdout);
  return seenThen === undefined
    ? text
    : JSON.stringify({ ...seenThen, result: resultIn(text), left });
}

/** From 1.0.0 on, newer references sort keys and leave an empty dns out. */
export function resultIn(stdout: string): Any {
  const { dns = {}, ...result } = JSON.parse(stdout);
  return Object.keys(dns).length === 0 ? result : { ...result, dns };
}

async function seen(netns: Netns, names: Names): Promise<unknown> {
  const state = await netnsStateOf(netns);
  return JSON.parse(names(JSON.stringify(state)), (_, value) =>
    // Which link came first follows from its name, which is left to chance.
    Array.isArray(value) ? [...value].sort() : value);
}

/** Replaces what is chosen at random: hardware addresses and the port's name. */
function namesOf(result: Any, macs: readonly string[]): Names {
  const isFixed = (mac: string) => mac.startsWith("02:00:00:00:");
  const random = [
    ...macs,
    ...(result.interfaces ?? []).map(({ mac }: Any) => mac as string),
  ].filter((mac) => !isFixed(mac));
  return (text) =>
    random.reduce((one, mac) => one.replaceAll(mac, "MAC"), text)
      .replace(/\bveth[0-9a-f]{8}\b/g, "PORT");
}

async function macsIn(...namespaces: Netns[]): Promise<readonly string[]> {
  const texts = await Promise.all(namespaces.map((one) => one.ip("-j link")));
  return texts.flatMap((text) => JSON.parse(text))
    .map(({ address }: Any) => address as string)
    .filter((mac) => mac !== undefined && mac !== "00:00:00:00:00:00");
}
