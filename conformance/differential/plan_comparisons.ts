import { SPEC_VERSIONS } from "../../lib/spec/mod.ts";
import type { Subject } from "../suite/mod.ts";
import type { Scenario } from "./scenario.ts";

/** A scenario that is to be played with two plugins. */
export interface Comparison {
  readonly scenario: Scenario;
  readonly version: string;
  /** The plugin that is compared with. */
  readonly left: Subject;
  /** The plugin under test. */
  readonly right: Subject;
  /** Why it is left out; absent if it is to be played. */
  readonly skipped?: string;
}

/** What {@linkcode planComparisons} plans. */
export interface PlanOptions {
  /** The folder that is compared with. */
  readonly against: string;
  /** The plugins in it. */
  readonly left: readonly Subject[];
  /** The plugins under test. */
  readonly right: readonly Subject[];
  readonly scenarios: readonly Scenario[];
  /** The one version; when absent, all that both plugins accept. */
  readonly spec?: string | undefined;
}

/**
 * Which scenarios are played for which plugins and versions, in order. Plugins
 * that the other folder lacks are told as skipped.
 */
export function planComparisons(
  { against, left, right, scenarios, spec }: PlanOptions,
): readonly Comparison[] {
  return right.flatMap((there): readonly Comparison[] => {
    const other = left.find(({ name }) => name === there.name);
    if (other !== undefined) {
      return scenarios.flatMap((scenario) =>
        versionsFor(scenario, { left: other, right: there, spec }).map((
          version,
        ) => comparisonFor(scenario, { left: other, right: there, version }))
      );
    }
    const skipped = `${against} has no plugin ${there.name}`;
    return scenarios.slice(0, 1).map((scenario) => ({
      ...{ scenario, version: spec ?? newest(there.versions) },
      ...{ left: { ...there, folder: against }, right: there, skipped },
    }));
  });
}

function newest(versions: readonly string[]): string {
  return SPEC_VERSIONS.findLast((one) => versions.includes(one)) ??
    SPEC_VERSIONS.at(-1)!;
}

interface Pair {
  readonly left: Subject;
  readonly right: Subject;
}

function versionsFor(
  { isPerVersion = false, versions }: Scenario,
  { left, right, spec }: Pair & { readonly spec: string | undefined },
): readonly string[] {
  if (spec !== undefined) return [spec];
  const common = SPEC_VERSIONS.filter((one) =>
    left.versions.includes(one) && right.versions.includes(one)
  );
  if (common.length === 0) return [newest(right.versions)];
  if (isPerVersion) return common;
  const fitting = common.filter((one) => versions?.includes(one) ?? true);
  return [(fitting.length > 0 ? fitting : versions ?? common).at(-1)!];
}

function comparisonFor(
  scenario: Scenario,
  { left, right, version }: Pair & { readonly version: string },
): Comparison {
  const comparison = { scenario, version, left, right };
  const skipped = reasonToSkip(comparison);
  return skipped === undefined ? comparison : { ...comparison, skipped };
}

function reasonToSkip(
  { scenario, version, left, right }: Comparison,
): string | undefined {
  const { name, profile, lacks } = right;
  for (const { folder, versions } of [left, right]) {
    if (!versions.includes(version)) {
      return `${name} in ${folder} does not accept version ${version}`;
    }
  }
  if (scenario.versions?.includes(version) === false) {
    return `version ${version} has none of it`;
  }
  if (!scenario.needsProfile) return undefined;
  if (profile === undefined) return `there is no profile for ${name}`;
  return lacks ?? scenario.skip?.(profile);
}
