import { applySteps, Shells, withUndo } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { settled, throwFirst } from "../../shared/mod.ts";
import type { PortmapConfig } from "./config.ts";
import { flushStaleConnections } from "./conntrack_linux.ts";
import { addForwarding } from "./forward_linux.ts";
import { type Forwarding, unservedOf } from "./forwarding.ts";
import { localnetSteps } from "./localnet_linux.ts";
import { formatHostPort } from "./mapping.ts";
import { prepareAdd } from "./prepare.ts";

/**
 * Maps ports of the host to the container, with one transaction for each
 * family (CNI 1.1.0, section 2, "ADD"), and passes the result on.
 *
 * @throws {CniError} Code 7 for a bad configuration, 11 for a locked firewall,
 * 999 for what the firewall refuses. Nothing is mapped then.
 */
export async function addPortmap(
  request: Request,
  context: Context,
): Promise<Result> {
  const { config, prevResult, forwardings } = prepareAdd(request);
  const warn = (message: string) => context.warn(message);
  warnOfUnserved(config, forwardings, warn);
  if (forwardings.length === 0) return prevResult;
  await using shells = new Shells();
  const { run } = shells;
  await withUndo(async (undo) => {
    const [steps] = await settled(
      localnetSteps(forwardings, run),
      Promise.allSettled(forwardings.map((forwarding, index) => {
        // Families side by side.
        const runIn = index === 0 ? run : shells.open();
        return addForwarding(forwarding, { run: runIn, undo, warn });
      })).then(throwFirst),
    );
    await applySteps(steps, { netns: request.netns, run, undo });
  }, warn);
  await flushStaleConnections(forwardings, run, warn);
  return prevResult;
}

function warnOfUnserved(
  config: PortmapConfig,
  forwardings: readonly Forwarding[],
  warn: (message: string) => void,
): void {
  const unserved = unservedOf(config, forwardings);
  if (unserved.length === 0) return;
  const ports = unserved.map(formatHostPort).join(", ");
  warn(
    `Cannot map ${ports}: prevResult has no address of the container for it`,
  );
}
