import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { type Executor, noteAttachment } from "../../shared/chained/mod.ts";
import { settled } from "../../shared/mod.ts";
import type { PortmapConfig } from "./config.ts";
import { flushStaleConnections } from "./conntrack_linux.ts";
import { addForwarding } from "./forward_linux.ts";
import { type Forwarding, unservedOf } from "./forwarding.ts";
import { localnetSteps } from "./localnet_linux.ts";
import { formatHostPort } from "./mapping.ts";
import { portmapNotes } from "./notes.ts";
import { readInput } from "./read_input.ts";

/**
 * Maps ports of the host to the container, with one transaction for each
 * family (CNI 1.1.0, section 2, "ADD"), and passes the result on.
 *
 * @throws {CniError} Code 7 for a bad configuration, 11 for a locked firewall,
 * 999 for what the firewall refuses. Nothing is mapped then.
 */
export async function addPortmap(
  request: Request,
  executor: Executor,
): Promise<Result> {
  const { config, prevResult, forwardings } = readInput(request);
  warnOfUnserved(config, forwardings, executor);
  if (forwardings.length === 0) return prevResult;
  await noteAttachment(request, portmapNotes, executor);
  const forEachFamily = executor.sideBySide(forwardings, "map ports");
  const [steps] = await settled(
    localnetSteps(forwardings, executor.run),
    forEachFamily((forwarding, run) =>
      addForwarding(forwarding, { ...executor, run })
    ),
  );
  await executor.apply(steps);
  await flushStaleConnections(forwardings, executor);
  return prevResult;
}

function warnOfUnserved(
  config: PortmapConfig,
  forwardings: readonly Forwarding[],
  { warn }: Executor,
): void {
  const unserved = unservedOf(config, forwardings);
  if (unserved.length === 0) return;
  const ports = unserved.map(formatHostPort).join(", ");
  warn(
    `Cannot map ${ports}: prevResult has no address of the container for it`,
  );
}
