import type {
  Case,
  PluginKind,
  Profile,
  Promised,
  Subject,
} from "../../suite/mod.ts";

/** A case for one kind of plugin. */
export interface KindCase extends Omit<Case, "skip"> {
  /** What a profile must promise for it. */
  readonly promise?: Promised;
  /** Why it does not apply, in spite of kind and promise. */
  unless?(profile: Profile): string | undefined;
}

/** Cases that are left out for plugins of other kinds and without a profile. */
export function casesFor(
  kind: PluginKind,
  cases: readonly KindCase[],
): readonly Case[] {
  return cases.map(({ promise, unless, ...rest }) => ({
    ...rest,
    skip: ({ profile, name }: Subject) => {
      if (profile === undefined) return `there is no profile for ${name}`;
      if (profile.kind !== kind) return `${name} is no ${kind} plugin`;
      if (promise !== undefined && !profile.promises.includes(promise)) {
        return `the profile does not promise "${promise}"`;
      }
      return unless?.(profile);
    },
  }));
}

/** Versions with `interfaces`, chains and `prevResult`. */
export const SINCE_0_3_0: readonly string[] = [
  ...["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"],
];

/** Versions with CHECK. */
export const SINCE_0_4_0: readonly string[] = ["0.4.0", "1.0.0", "1.1.0"];

/** Versions with GC, STATUS, MTUs and attributes of routes. */
export const SINCE_1_1_0: readonly string[] = ["1.1.0"];
