import {
  applySteps,
  readLinkStates,
  type Run,
  type UndoStack,
  withUndo,
} from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import {
  addAttachmentMasquerade,
  allocateAddresses,
  awaitLinkUp,
  awaitSettledAddresses,
  settled,
} from "../../shared/mod.ts";
import type { PtpConfig } from "./config.ts";
import { planHost, type PlanInput, planPair, planSandbox } from "./plan.ts";
import { preparePair, preparePlan, resultOf } from "./prepare.ts";

/** What was begun before this file was loaded. */
export interface AddStart {
  readonly config: PtpConfig;
  /** Runs commands in shells that stay. */
  readonly run: Run;
  /** Runs commands beside those. */
  readonly runAside: Run;
  /** Fails if the container cannot get the interface. */
  readonly isFree: Promise<void>;
}

/**
 * Joins the container to the host by a veth pair (CNI 1.1.0, section 2, "ADD").
 * Addresses are allocated while the pair is made; a failure of either, or
 * later, takes back all that was done.
 */
export async function addPtp(
  request: Request,
  context: Context,
  { config, run, runAside, isFree }: AddStart,
): Promise<Result> {
  await isFree;
  return await withUndo(async (undo) => {
    const pair = preparePair(request, config);
    const [, ipam = {}] = await settled(
      applySteps(planPair(pair), { netns: pair.netns, run, undo }),
      allocateAddresses(request, config.ipamType, { context, undo }),
    );
    const input = preparePlan(pair, ipam);
    const { ips } = input.addressing;
    await settled(
      configure(input, { run, undo }),
      addAttachmentMasquerade(request, { ...config, ips }, {
        run: runAside,
        undo,
      }),
    );
    return resultOf(input, config.dns ?? ipam.dns);
  }, (message) => context.warn(message));
}

/** Sets addresses and routes on both ends, and waits until they can be used. */
async function configure(
  input: PlanInput,
  { run, undo }: { run: Run; undo: UndoStack },
): Promise<void> {
  const { netns, ifname, names: { hostName }, addressing: { ips } } = input;
  const options = { netns, run, undo };
  const [shown] = await settled(
    applySteps(planSandbox(input), options),
    applySteps(planHost(input), options),
  );
  const remedy = "set net.ipv6.conf.all.accept_dad to 0 in the container";
  await awaitSettledAddresses({ ifname, ips, remedy }, shown, options);
  const links = await readLinkStates([hostName], run);
  await awaitLinkUp({ name: hostName, what: "veth" }, links, run);
}
