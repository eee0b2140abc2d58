import type { Profile } from "./profile.ts";

/** A plugin that is put to the test. */
export interface Subject {
  /** The name of its executable. */
  readonly name: string;
  /** The folder that it lies in; also `CNI_PATH` of its calls. */
  readonly folder: string;
  /** The versions that its answer to VERSION lists; empty if it gave none. */
  readonly versions: readonly string[];
  /** What is known of it; absent for a plugin without a profile. */
  readonly profile?: Profile;
  /** What its profile needs and this machine lacks; absent if nothing. */
  readonly lacks?: string;
}

/**
 * Why a plugin cannot be used as its profile says, to follow "skipped:";
 * `undefined` if it can.
 */
export function whyUnusable(
  { name, profile, lacks }: Subject,
): string | undefined {
  return profile === undefined
    ? `there is no profile for ${name}: see docs/conformance.md`
    : lacks;
}
