import { requireOtherNamespace } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import { settled } from "../../shared/mod.ts";
import { readFirewallInput } from "./config.ts";
import { addSources, findFirewalld } from "./firewalld_linux.ts";
import { addRules } from "./tables_linux.ts";
import { sourcesOf, wantedRules } from "./wanted_rules.ts";

/**
 * Lets the container's traffic pass the host's firewall, and keeps its bridge
 * apart if that is asked for (CNI 1.1.0, section 2, "ADD"): one transaction for
 * each family. What fails takes the rest back.
 */
export async function addFirewall(
  request: Request,
  executor: Executor,
): Promise<Result> {
  const input = readFirewallInput(request);
  const { netns, netnsOverride: override } = request;
  const { config, bridge, addresses, result } = input;
  const { run, undo, sideBySide } = executor;
  const needsTables = config.backend !== "firewalld" || bridge !== undefined;
  const families = needsTables ? [...addresses.keys()] : [];
  const forEachFamily = sideBySide(families, "let the container pass");
  const [, firewalld] = await settled(
    requireOtherNamespace(netns, { run, override }),
    findFirewalld(config, run),
  );
  if (firewalld !== undefined) {
    await addSources(firewalld, sourcesOf(input), executor);
    if (bridge === undefined) return result;
  }
  const isAccepting = firewalld === undefined;
  await forEachFamily(async (family, run) => {
    const wanted = wantedRules(request, input, { family, isAccepting });
    await addRules(wanted, { family, run }, undo);
  });
  return result;
}
