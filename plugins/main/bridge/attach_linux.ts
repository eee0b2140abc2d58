import { requireEntry } from "../../../lib/linux/mod.ts";
import {
  type Attached,
  type AttachWork,
  type Design,
  makeLink,
  makeReadyLink,
  settled,
} from "../../shared/mod.ts";
import { lockBridge } from "./bridge_lock_linux.ts";
import { undoBridge } from "./bridge_undo_linux.ts";
import type { BridgeConfig } from "./config.ts";
import {
  choosePair,
  designOf,
  withAddressing,
  withHostLinks,
} from "./design.ts";
import type { HostLinks } from "./host_links.ts";
import { isPlain, tryPair } from "./quick_pair_linux.ts";
import type { PairInput, PlanInput } from "./steps.ts";
import { isVlanFiltering } from "./vlan.ts";

/**
 * Makes the pair while addresses are allocated, or before: at once, or, where
 * that cannot be tried or does not work, after a look at the host, which tells
 * what is wrong if something is. The bridge stays locked until the port is on
 * it.
 */
export async function attachBridge(
  { request, config, shells, undo, look, isReady, allocate, warn }: AttachWork<
    BridgeConfig,
    HostLinks
  >,
): Promise<Attached> {
  const { netns, netnsOverride: override } = request;
  const { run } = shells;
  const entered = requireEntry(netns, { run, override });
  // Whoever awaits it gets its error; until then nothing is at fault.
  entered.catch(() => {});
  using _untilPortIsOn = await lockBridge(config.bridge, "shared");
  let input: PlanInput | undefined;
  undo.push(async () => {
    if (input !== undefined) await undoBridge(input, run);
  });
  const draft = choosePair(request, config);
  const options = { netns, run, undo };
  const trial = isPlain(config) && !isReady
    ? tryPair(request, draft, options)
    : undefined;
  const early = trial && entered.then(allocate);
  await Promise.allSettled([trial, early]);
  const made = await trial;
  const pair = withHostLinks(draft, made ?? await look());
  warnOfVlans(pair, warn);
  input = withAddressing(pair, undefined);
  const design = designOf(pair, { isMade: made !== undefined });
  if (isReady) await makeReadyLink(design, options);
  const [ipam] = await settled(
    early ?? allocate(),
    made || isReady ? Promise.resolve() : makeLink(design, options),
  );
  const finish: Design["finish"] = (given, options) => {
    // What is taken back follows from the gateways, too.
    input = withAddressing(pair, given);
    return design.finish(given, options);
  };
  return { design: { ...design, finish }, ipam };
}

function warnOfVlans(
  { config, bridge }: PairInput,
  warn: (message: string) => void,
): void {
  const { bridge: name, vlans } = config;
  if (!isVlanFiltering(vlans) || bridge?.vlans?.isFiltering !== false) return;
  warn(
    `bridge "${name}" was there before and does not tell VLANs apart, so ` +
      "vlan and vlanTrunk have no effect: ip link set dev " +
      `${name} type bridge vlan_filtering 1`,
  );
}
