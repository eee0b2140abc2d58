import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";
import {
  booleanKey,
  fieldsKey,
  integerKey,
  type KeyValues,
  listKey,
  mappedKey,
} from "../../../lib/plugin/mod.ts";
import { checkLinkName, invalidValue } from "../../../lib/spec/mod.ts";

/** The VLANs of a bridge port. */
export interface VlanConfig {
  /** The VLAN of untagged frames; 0 leaves the kernel's choice. */
  readonly vlan: number;
  /** The tagged VLANs, ascending, without doubles; absent without the key. */
  readonly trunk: readonly number[] | undefined;
  /** Whether the bridge's default VLAN stays on the port. */
  readonly preserveDefaultVlan: boolean;
}

/** The ids that IEEE 802.1Q leaves for use. */
const ID = { min: 1, max: 4094 } as const;

/** The keys of an item of `vlanTrunk`. */
const TRUNK_KEYS = {
  id: integerKey({ description: "A VLAN", ...ID }),
  minID: integerKey({ description: "The first of several", ...ID }),
  maxID: integerKey({ description: "The last of several", ...ID }),
};

const TRUNK_ITEM = fieldsKey(TRUNK_KEYS, {
  description: "One VLAN, or those from `minID` to `maxID`, or both",
});

/** The keys that say which VLANs a port is in. */
export const VLAN_KEYS = {
  vlan: integerKey({
    description: "VLAN of the port's untagged frames, 1 to 4094; 0 for none. " +
      "With `isGateway` the gateway's address goes to a host interface " +
      "`<bridge>.<vlan>`",
    default: 0,
    min: 0,
    max: ID.max,
  }),
  vlanTrunk: mappedKey(
    listKey(mappedKey(TRUNK_ITEM, idsOf), {
      description: 'Tagged VLANs of the port. `{ "id": 5 }`, ' +
        '`{ "minID": 10, "maxID": 20 }`, or both in one',
    }),
    (ids) => [...new Set(ids.flat())].sort((a, b) => a - b),
  ),
  preserveDefaultVlan: booleanKey({
    description: "The bridge's default VLAN stays on the port beside those " +
      "above",
    default: false,
  }),
};

/** Whether the bridge has to tell VLANs apart. */
export function isVlanFiltering({ vlan, trunk }: VlanConfig): boolean {
  return vlan !== 0 || trunk !== undefined;
}

/**
 * The name of the host's interface in a VLAN of a bridge, which bears the
 * gateway's address.
 *
 * @throws {CniError} Code 7 if the name is too long for a link.
 */
export function vlanLinkName(bridge: string, vlan: number): string {
  const name = `${bridge}.${vlan}`;
  checkLinkName(name, "bridge with vlan and isGateway");
  return name;
}

/**
 * The steps that put a port into its VLANs.
 *
 * @param port The port's name.
 * @param defaultVlan The VLAN that the bridge has put the port into, 0 if none.
 */
export function planPortVlans(
  port: string,
  { vlan, trunk = [], preserveDefaultVlan }: VlanConfig,
  defaultVlan: number,
): readonly IpStep[] {
  if (vlan === 0 && trunk.length === 0) return [];
  const removesDefault = !preserveDefaultVlan && defaultVlan !== 0;
  const untagged = vlan !== 0 ? vlan : removesDefault ? 1 : 0;
  return [
    ...(removesDefault ? [vlanStep("del", port, `${defaultVlan}`)] : []),
    ...rangesOf(trunk.filter((id) => id !== untagged))
      .map((range) => vlanStep("add", port, range)),
    ...(untagged === 0
      ? []
      : [vlanStep("add", port, `${untagged}`, ["pvid", "untagged"])]),
  ];
}

/**
 * The step that puts a bridge itself into a VLAN, or takes it out: what is on
 * the bridge, such as a VLAN device, gets the VLAN's frames, tagged.
 */
export function ownVlanStep(
  verb: "add" | "del",
  bridge: string,
  vlan: number,
): IpStep {
  return vlanStep(verb, bridge, `${vlan}`, ["self"]);
}

function idsOf(
  { id, minID, maxID }: KeyValues<typeof TRUNK_KEYS>,
  path: string,
): readonly number[] {
  const single = id === undefined ? [] : [id];
  if (minID === undefined && maxID === undefined) return single;
  if (minID === undefined || maxID === undefined) {
    const key = minID === undefined ? "minID" : "maxID";
    throw invalidValue(`${path}.${key}`, undefined, "minID and maxID together");
  }
  if (minID > maxID) {
    throw invalidValue(`${path}.minID`, minID, `at most maxID, ${maxID}`);
  }
  const range = Array.from({ length: maxID - minID + 1 }, (_, i) => minID + i);
  return [...range, ...single];
}

/** Neighbouring ids joined, as `bridge vlan` takes them: `10-20`. */
function rangesOf(ids: readonly number[]): readonly string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const id of ids) {
    const range = ranges.at(-1);
    if (range !== undefined && range.last === id - 1) range.last = id;
    else ranges.push({ first: id, last: id });
  }
  return ranges.map(({ first, last }) =>
    first === last ? `${first}` : `${first}-${last}`
  );
}

function vlanStep(
  verb: "add" | "del",
  port: string,
  ids: string,
  flags: readonly string[] = [],
): IpStep {
  const act = verb === "add" ? `put "${port}" into` : `take "${port}" out of`;
  const words = ["vlan", verb, "dev", port, "vid", ids, ...flags];
  return { ...ipStep("host", `${act} VLAN ${ids}`, words), program: "bridge" };
}
