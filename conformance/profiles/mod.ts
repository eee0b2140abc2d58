/**
 * What the suite knows of plugins: the profiles that come with it, and the
 * reading of others.
 *
 * @module
 */
export * from "./load_profiles.ts";
export * from "./parse_profile.ts";
