import type { Json } from "../../../lib/spec/mod.ts";
import { type RangeSet, rangeSetsKey } from "./range_set.ts";

/** The sets that `ipam.ranges` would make. */
export function rangeSetsOf(ranges: Json): readonly RangeSet[] {
  const key = rangeSetsKey({ description: "Range sets" });
  return key.read(ranges, "ipam.ranges") ?? [];
}
