import {
  applySteps,
  type Run,
  Shells,
  withUndo,
} from "../../../lib/linux/mod.ts";
import { type Family, formatAddress } from "../../../lib/net/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import { parseSbrConfig } from "./config.ts";
import { planAdd, type PlanInput, ruledSource } from "./plan.ts";
import { readRouting, type SandboxRouting } from "./read_routing_linux.ts";
import { requireSources, type Source } from "./sources.ts";

/** What an ADD follows from. */
export interface AddInput extends PlanInput {
  readonly routing: SandboxRouting;
  readonly prevResult: Result;
}

/**
 * Has what the interface's addresses send leave by the interface (CNI 1.1.0,
 * section 2, "ADD"). A failure takes back all that was done.
 */
export async function addSbr(
  request: Request,
  context: Context,
): Promise<Result> {
  const { netns } = request;
  await using shells = new Shells();
  const { run } = shells;
  const input = await readAdd(request, run);
  requireLink(input, request);
  requireNew(input, request);
  const steps = planAdd(input);
  await withUndo(
    (undo) => applySteps(steps, { netns, run, undo }),
    (message) => context.warn(message),
  );
  return input.prevResult;
}

/**
 * Reads what an ADD is told.
 *
 * @throws {CniError} Code 7.
 */
export function readInput(request: Request) {
  const config = parseSbrConfig(request.config);
  return { config, ...requireSources(request) };
}

/**
 * Reads what an ADD has to know.
 *
 * @throws {CniError} Code 7 for the configuration, code 8 without a sandbox.
 */
export async function readAdd(request: Request, run: Run): Promise<AddInput> {
  const { ifname, netnsOverride: override } = request;
  const { config, prevResult, sources } = readInput(request);
  const families = familiesOf(sources);
  const routing = await readRouting(request, { families, run, override });
  return { config, ifname, sources, routing, prevResult };
}

/** The families of the addresses, IPv4 first. */
export function familiesOf(sources: readonly Source[]): readonly Family[] {
  return ([4, 6] as const).filter((family) =>
    sources.some(({ cidr }) => cidr.address.family === family)
  );
}

function requireLink({ routing }: AddInput, request: Request): void {
  if (routing.hasLink) return;
  const { ifname, netns } = request;
  const message = `Cannot find network interface ${ifname}`;
  throw new CniError(CniCode.Internal, message, {
    details: `CNI_IFNAME is "${ifname}", which is not in ${netns}: put sbr ` +
      "after the plugin that makes it",
  });
}

/** Refuses a second ADD before anything is done. */
function requireNew(input: AddInput, { netns }: Request): void {
  const source = ruledSource(input);
  if (source === undefined) return;
  const address = formatAddress(source.cidr.address);
  const message = `There is a rule for ${address} already`;
  throw new CniError(CniCode.Internal, message, {
    details: `${netns} looks up what ${address} sends in a table of its own: ` +
      "DEL that attachment first",
  });
}
