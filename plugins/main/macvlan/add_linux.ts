import {
  applySteps,
  type Link,
  type Run,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  allocateAddresses,
  awaitSettledAddresses,
  settled,
} from "../../shared/mod.ts";
import type { MacvlanConfig } from "./config.ts";
import { planLink, planSandbox } from "./plan.ts";
import { prepareLink, preparePlan, resultOf } from "./prepare.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: MacvlanConfig;
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** The link to share; fails if the container cannot get the interface. */
  readonly master: Promise<Link>;
}

/**
 * Gives the container an interface on a link of the host (CNI 1.1.0, section 2,
 * "ADD"). Addresses are allocated while it is made; a failure of either, or
 * later, takes back all that was done.
 */
export async function addMacvlan(
  request: Request,
  context: Context,
  { config, run, master }: AddStart,
): Promise<Result> {
  const link = prepareLink(request, config, await master);
  return await withUndo(async (undo) => {
    const options = { netns: link.netns, run, undo };
    const [, ipam] = await settled(
      applySteps([planLink(link)], options),
      allocateAddresses(request, config.ipamType, { context, undo }),
    );
    const input = preparePlan(link, ipam);
    const shown = await applySteps(planSandbox(input), options);
    await awaitSettledAddresses(
      {
        ifname: link.ifname,
        ips: input.addressing?.ips ?? [],
        remedy: `look at what "${link.master.name}" is connected to`,
      },
      shown,
      options,
    );
    return resultOf(input);
  }, (message) => context.warn(message));
}
