import type { Profile } from "../suite/mod.ts";
import { parseProfile } from "./parse_profile.ts";
import { SHIPPED } from "./shipped.ts";

/** A profile's text, and what to call it in a message. */
export interface ProfileFile {
  readonly source: string;
  readonly text: string;
}

/**
 * Profiles by the names of their plugins: those that come with the suite, and
 * over them those of someone's own, of which the later counts.
 *
 * @throws {ProfileError} If one has an error.
 */
export function loadProfiles(
  files: readonly ProfileFile[],
): ReadonlyMap<string, Profile> {
  const shipped = SHIPPED.map((json) =>
    parseProfile(JSON.stringify(json), "that comes with the suite")
  );
  const own = files.map(({ source, text }) => parseProfile(text, source));
  return new Map([...shipped, ...own].map((one) => [one.plugin, one]));
}
