import {
  type ApplyOptions,
  applySteps,
  parseLinks,
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
import type { TapConfig } from "./config.ts";
import { makeDevice } from "./make_device_linux.ts";
import { type PlanInput, planSandbox } from "./plan.ts";
import { prepareLink, preparePlan, resultOf } from "./prepare.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: TapConfig;
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** Fails if the container cannot get the device. */
  readonly isFree: Promise<void>;
}

/**
 * Makes a tap device in the container (CNI 1.1.0, section 2, "ADD"). Addresses
 * are allocated meanwhile; a failure of either, or later, takes back all that
 * was done.
 */
export async function addTap(
  request: Request,
  context: Context,
  { config, run, isFree }: AddStart,
): Promise<Result> {
  await isFree;
  return await withUndo(async (undo) => {
    const link = prepareLink(request, config);
    const options = { netns: link.netns, run, undo };
    const [, ipam] = await settled(
      makeDevice(link, options),
      allocateAddresses(request, config.ipamType, { context, undo }),
    );
    const input = preparePlan(link, ipam);
    const shown = await applySteps(planSandbox(input), options);
    await settle(input, shown, options);
    return resultOf(input, config.dns ?? ipam?.dns);
  }, (message) => context.warn(message));
}

// The kernel looks for duplicates only once a program has opened the device.
async function settle(
  { ifname, addressing }: PlanInput,
  shown: readonly unknown[],
  options: ApplyOptions,
): Promise<void> {
  const [device] = shown.flatMap(parseLinks);
  if (device?.flags.includes("NO-CARRIER")) return;
  const remedy = "set net.ipv6.conf.all.accept_dad to 0 in the container";
  const ips = addressing?.ips ?? [];
  await awaitSettledAddresses({ ifname, ips, remedy }, shown, options);
}
