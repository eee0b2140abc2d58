import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";
import { SPEC_VERSIONS } from "./version.ts";

/**
 * The three shapes that results have had: `ip4` and `ip6` objects (to 0.2.0),
 * lists whose addresses name their IP version (to 0.4.0), lists without it.
 */
export type ResultFamily = "ip4-ip6" | "versioned-ips" | "ips";

const FAMILIES: ReadonlyMap<string, ResultFamily> = new Map([
  ["0.1.0", "ip4-ip6"],
  ["0.2.0", "ip4-ip6"],
  ["0.3.0", "versioned-ips"],
  ["0.3.1", "versioned-ips"],
  ["0.4.0", "versioned-ips"],
  ["1.0.0", "ips"],
  ["1.1.0", "ips"],
]);

/**
 * The shape of a result of `version`.
 *
 * @throws {CniError} Code 1 if no such version was published.
 */
export function resultFamilyOf(version: string): ResultFamily {
  const family = FAMILIES.get(version);
  if (family !== undefined) return family;
  const message = `unsupported CNI result version "${version}"`;
  throw new CniError(CniCode.IncompatibleVersion, message, {
    details: `expected one of ${SPEC_VERSIONS.join(", ")}`,
  });
}

/** The versions whose results have this shape, oldest first. */
export function versionsOfFamily(family: ResultFamily): readonly string[] {
  return SPEC_VERSIONS.filter((version) => FAMILIES.get(version) === family);
}
