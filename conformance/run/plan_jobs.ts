import {
  CURRENT_VERSION,
  isSpecVersion,
  SPEC_VERSIONS,
} from "../../lib/spec/mod.ts";
import {
  type Case,
  type Family,
  familyOf,
  type Subject,
  whyUnusable,
} from "../suite/mod.ts";

/** A case that is to be run for a plugin and a version. */
export interface Job {
  readonly case: Case;
  readonly subject: Subject;
  readonly version: string;
  /** Why it is left out; absent if it is to run. */
  readonly skipped?: string;
}

/** The families whose cases need to know how a plugin is used. */
const FAMILIES_WITH_PROFILE: readonly Family[] = [
  "lifecycle",
  "interface",
  "ipam",
  "chained",
  "delegation",
];

/**
 * Which cases are run for which plugins, in order: all of one plugin before the
 * next.
 *
 * @param spec The one version to run for; when absent, cases run for the newest
 * that a plugin accepts, and those that differ between versions for each.
 */
export function planJobs(
  subjects: readonly Subject[],
  cases: readonly Case[],
  spec?: string,
): readonly Job[] {
  return subjects.flatMap((subject) =>
    cases.flatMap((one) =>
      versionsFor(subject, one, spec).map((version) => {
        const job = { case: one, subject, version };
        const skipped = reasonToSkip(job);
        return skipped === undefined ? job : { ...job, skipped };
      })
    )
  );
}

/** The versions that a case is run for; at least one, so that it is told of. */
function versionsFor(
  { versions }: Subject,
  { isPerVersion = false, clause }: Case,
  spec: string | undefined,
): readonly string[] {
  if (spec !== undefined) return [spec];
  const accepted = SPEC_VERSIONS.filter((one) => versions.includes(one));
  const fitting = accepted.filter((one) =>
    clause.versions === undefined || clause.versions.includes(one)
  );
  const newest = fitting.at(-1) ?? accepted.at(-1) ?? CURRENT_VERSION;
  return isPerVersion && fitting.length > 0 ? fitting : [newest];
}

function reasonToSkip(
  { case: one, subject, version }: Job,
): string | undefined {
  const { name, versions } = subject;
  if (FAMILIES_WITH_PROFILE.includes(familyOf(one))) {
    const reason = whyUnusable(subject);
    if (reason !== undefined) return reason;
  }
  // A plugin that accepts none at all is put to the test, and fails.
  const accepted = versions.filter(isSpecVersion);
  if (accepted.length > 0 && !versions.includes(version)) {
    return `${name} does not accept version ${version}`;
  }
  const { versions: since } = one.clause;
  if (since !== undefined && !since.includes(version)) {
    return `version ${version} does not say so`;
  }
  return one.skip?.(subject);
}
