import { CniCode } from "./code.ts";
import { CniError } from "./cni_error.ts";

/** Every version of the specification that was published, oldest first. */
export const SPEC_VERSIONS = [
  "0.1.0",
  "0.2.0",
  "0.3.0",
  "0.3.1",
  "0.4.0",
  "1.0.0",
  "1.1.0",
] as const;

/** A published version of the specification. */
export type SpecVersion = typeof SPEC_VERSIONS[number];

/** The newest version: the one that this library speaks by itself. */
export const CURRENT_VERSION: SpecVersion = "1.1.0";

/** What an absent or empty `cniVersion` means. */
export const IMPLIED_VERSION: SpecVersion = "0.1.0";

/** Whether `text` is, to the letter, a published version. */
export function isSpecVersion(text: string): text is SpecVersion {
  return (SPEC_VERSIONS as readonly string[]).includes(text);
}

/** Every published version from `first` on, as a plugin's supported list. */
export function versionsFrom(first: SpecVersion): readonly SpecVersion[] {
  return SPEC_VERSIONS.slice(SPEC_VERSIONS.indexOf(first));
}

/**
 * Compares two versions part by part; missing parts are 0 and an empty text is
 * 0.1.0, so `1.1` equals `1.1.0`.
 *
 * @returns A number below, equal to or above 0, as for `Array.sort`.
 * @throws {CniError} Code 6 if either is not up to three dotted integers.
 */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [parseVersion(a), parseVersion(b)];
  for (let i = 0; i < 3; i++) {
    const difference = left[i]! - right[i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether version `a` is `b` or newer; throws as {@linkcode compareVersions}. */
export function isAtLeast(a: string, b: SpecVersion): boolean {
  return compareVersions(a, b) >= 0;
}

function parseVersion(text: string): readonly number[] {
  const parts = (text || IMPLIED_VERSION).split(".");
  if (parts.length <= 3 && parts.every((part) => /^[+-]?\d+$/.test(part))) {
    return [0, 1, 2].map((i) => Number(parts[i] ?? 0));
  }
  throw new CniError(CniCode.DecodingFailure, "Cannot decode cniVersion", {
    details: `cniVersion is "${text}": expected a version such as ` +
      `"${CURRENT_VERSION}"`,
  });
}
