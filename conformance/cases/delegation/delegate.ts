import type { JsonObject } from "../../../lib/spec/mod.ts";
import { demand, type Stage, type StageSandbox } from "../../suite/mod.ts";
import { addProbe, type Probe, type ProbeCall } from "./probe.ts";

/** A container that was added with the probe for its addresses. */
export interface Delegated {
  readonly probe: Probe;
  readonly sandbox: StageSandbox;
  /** What ADD printed. */
  readonly result: JsonObject;
  /** Options of its CHECK and DEL. */
  readonly later: Probe["options"];
}

/** Calls ADD, which must succeed, with the probe for addresses. */
export async function attachByProbe(stage: Stage): Promise<Delegated> {
  const probe = await addProbe(stage);
  const sandbox = await stage.addSandbox();
  const result = await stage.mustCall("ADD", sandbox, probe.options);
  demand(result !== undefined, "ADD succeeds without a result on stdout");
  const stdin = { ...probe.options.stdin, prevResult: result };
  return { probe, sandbox, result, later: { ...probe.options, stdin } };
}

/**
 * The last call of a command that the probe was given.
 *
 * @throws {Violation} If there was none.
 */
export async function callOf(
  probe: Probe,
  command: string,
): Promise<ProbeCall> {
  const calls = await probe.calls();
  const call = calls.findLast((one) => one.command === command);
  demand(call !== undefined, `${command} is not delegated to the IPAM plugin`);
  return call;
}
