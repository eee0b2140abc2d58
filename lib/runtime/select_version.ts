import { compareVersions, CURRENT_VERSION } from "../spec/mod.ts";

/**
 * Chooses the version to speak with a network's plugins: the highest of
 * `cniVersions` and `cniVersion` that this library knows (CNI 1.1.0, section
 * 1). If it knows none of them, `cniVersion` stays as it is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(selectVersion("0.4.0", ["1.0.0", "9.0.0"]), "1.0.0");
 * ```
 * @param cniVersion The network's `cniVersion`; may be empty.
 * @param cniVersions The network's `cniVersions`.
 * @throws {CniError} Code 6 if one of them is no version.
 */
export function selectVersion(
  cniVersion: string,
  cniVersions: readonly string[],
): string {
  const offered = cniVersion === ""
    ? cniVersions
    : [...cniVersions, cniVersion];
  const known = offered.filter((version) =>
    compareVersions(version, CURRENT_VERSION) <= 0
  );
  return known.toSorted(compareVersions).at(-1) ?? cniVersion;
}
