import { differs } from "../../shared/compare/mod.ts";
import type { Found } from "../../shared/mod.ts";
import { originOf } from "./steps.ts";

/**
 * Looks for the name by which the device finds back to the host.
 *
 * @throws {CniError} Code 999 if it has none.
 */
export function compareHostDevice(
  { link }: Pick<Found<unknown>, "link">,
): void {
  if (originOf(link) !== undefined) return;
  const why = `its alias is "${link.alias}": expected its name in the host`;
  throw differs(`interface "${link.name}"`, why);
}
