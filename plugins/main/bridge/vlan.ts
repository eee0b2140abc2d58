import { checkLinkName, type Fields } from "../../../lib/spec/mod.ts";
import { type IpStep, ipStep } from "../../../lib/linux/mod.ts";

/** The VLANs of a bridge port. */
export interface VlanConfig {
  /** The VLAN of untagged frames; 0 leaves the kernel's choice. */
  readonly vlan: number;
  /** The tagged VLANs, ascending, without doubles; absent without the key. */
  readonly trunk?: readonly number[];
  /** Whether the bridge's default VLAN stays on the port. */
  readonly preserveDefaultVlan: boolean;
}

/** The ids that IEEE 802.1Q leaves for use. */
const ID = { min: 1, max: 4094 } as const;

/**
 * Reads `vlan`, `vlanTrunk` and `preserveDefaultVlan`.
 *
 * @throws {CniError} Code 7.
 */
export function parseVlanConfig(fields: Fields): VlanConfig {
  const vlan = fields.integer("vlan", { min: 0, max: ID.max }) ?? 0;
  const trunk = fields.fieldsList("vlanTrunk")?.flatMap(parseTrunkItem);
  return {
    vlan,
    ...(trunk === undefined ? {} : { trunk: sorted(trunk) }),
    preserveDefaultVlan: fields.boolean("preserveDefaultVlan") ?? false,
  };
}

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

function parseTrunkItem(item: Fields): readonly number[] {
  const id = item.integer("id", ID);
  const minId = item.integer("minID", ID);
  const maxId = item.integer("maxID", ID);
  const single = id === undefined ? [] : [id];
  if (minId === undefined && maxId === undefined) return single;
  if (minId === undefined || maxId === undefined) {
    const key = minId === undefined ? "minID" : "maxID";
    throw item.invalid(key, "minID and maxID together");
  }
  if (minId > maxId) throw item.invalid("minID", `at most maxID, ${maxId}`);
  const range = Array.from({ length: maxId - minId + 1 }, (_, i) => minId + i);
  return [...range, ...single];
}

function sorted(ids: readonly number[]): readonly number[] {
  return [...new Set(ids)].sort((a, b) => a - b);
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
