import {
  type ApplyOptions,
  applySteps,
  ipStep,
  outsideSandbox,
  parseLinks,
  UndoStack,
} from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { isLinkName } from "../../../lib/spec/mod.ts";
import type { BridgeConfig } from "./config.ts";
import type { HostLinks } from "./host_links.ts";
import { type PairInput, planPort } from "./steps.ts";
import { isVlanFiltering } from "./vlan.ts";

/**
 * Whether the pair's steps follow from the configuration alone, once there is
 * a bridge: then it can be made without looking at the host first.
 */
export function isPlain(
  { bridge, vlans, macSpoofCheck, promiscMode }: BridgeConfig,
): boolean {
  // A longer name is that of no bridge that could be made.
  return isLinkName(bridge) && !isVlanFiltering(vlans) && !macSpoofCheck &&
    !promiscMode;
}

/**
 * Makes the pair with its port on a bridge that is there, as it is in nearly
 * every ADD, and reads that bridge in the same go.
 *
 * @returns The bridge as it was before; `undefined` if it did not work, with
 * all of it taken back. Then a look at the host tells why.
 */
export async function tryPair(
  request: Request,
  pair: PairInput,
  { undo, ...options }: ApplyOptions,
): Promise<HostLinks | undefined> {
  const { bridge: name } = pair.config;
  const run = outsideSandbox(request, options.run);
  const own = new UndoStack();
  try {
    const show = ["addr", "show", "dev", name];
    const steps = [
      ipStep("host", `read "${name}"`, show),
      ...planPort(pair),
    ];
    const shown = await applySteps(steps, { ...options, run, undo: own });
    const [link] = shown.flatMap(parseLinks);
    // A port of anything else does not take the settings of a bridge's.
    const bridge = link && { ...link, kind: "bridge" };
    undo.push(() => unwind(own));
    return { bridge, gateway: { name: link?.name ?? name, link: bridge } };
  } catch {
    await own.unwind();
    return undefined;
  }
}

/** As part of another undo: the first failure is that one's. */
async function unwind(undo: UndoStack): Promise<void> {
  const [failure] = await undo.unwind();
  if (failure !== undefined) throw failure;
}
