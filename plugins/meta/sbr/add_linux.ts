import { formatAddress } from "../../../lib/net/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, type Result } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { readInput, type SbrInput } from "./read_input.ts";
import { readRouting } from "./read_routing_linux.ts";
import type { Routing } from "./routing.ts";
import { familiesOf } from "./sources.ts";
import { addSteps, ruledSource, type StepsInput } from "./steps.ts";

/**
 * Has what the interface's addresses send leave by the interface (CNI 1.1.0,
 * section 2, "ADD"). A failure takes back all that was done.
 */
export async function addSbr(
  request: Request,
  { isPlanning, run, apply }: Executor,
): Promise<Result> {
  const given = readInput(request);
  const families = familiesOf(given.sources);
  const routing = await readRouting(request, { families, run });
  if (!routing.hasLink && !isPlanning) throw absentError(request);
  const input = routing.hasLink
    ? { ...given, routing }
    : await predictedInput(given, routing);
  requireNew(input, request);
  await apply(addSteps(input));
  return given.prevResult;
}

/** The plugins before have only planned, too. */
async function predictedInput(
  given: SbrInput,
  routing: Routing,
): Promise<StepsInput> {
  const { predictedRouting } = await import("./predicted_routing.ts");
  return { ...given, routing: predictedRouting(routing, given) };
}

function absentError({ ifname, netns }: Request): CniError {
  const message = `Cannot find network interface ${ifname}`;
  return new CniError(CniCode.Internal, message, {
    details: `CNI_IFNAME is "${ifname}", which is not in ${netns}: put sbr ` +
      "after the plugin that makes it",
  });
}

/** Refuses a second ADD before anything is done. */
function requireNew(input: StepsInput, { netns }: Request): void {
  const source = ruledSource(input);
  if (source === undefined) return;
  const address = formatAddress(source.cidr.address);
  const message = `There is a rule for ${address} already`;
  throw new CniError(CniCode.Internal, message, {
    details: `${netns} looks up what ${address} sends in a table of its own: ` +
      "DEL that attachment first",
  });
}
