import { sandboxText } from "../../../lib/linux/mod.ts";
import type { PlannedAct, Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import type { Executor } from "../../shared/chained/mod.ts";
import {
  hasAttributes,
  isIdle,
  parseTuningConfig,
  requirePrevResult,
  type TuningConfig,
} from "./config.ts";
import { readFacts, type TuningFacts } from "./facts_linux.ts";
import { findDeviation } from "./link_attributes.ts";

/**
 * Verifies that parameters and attributes are as the configuration says (CNI
 * 1.1.0, section 2, "CHECK").
 *
 * @throws {CniError} Code 999 for one that is not.
 */
export async function checkTuning(
  request: Request,
  { run, act }: Executor,
): Promise<void> {
  const config = parseTuningConfig(request);
  requirePrevResult(request);
  if (isIdle(config)) return;
  await act(looks(request, config), async () => {
    compare(request, config, await readFacts(request, config, { run }));
  });
}

function looks(
  { netns, ifname }: Request,
  { sysctls, attributes }: TuningConfig,
): readonly PlannedAct[] {
  return [
    ...sysctls.map(({ name, path }) => ({
      purpose: `compare the kernel parameter "${name}"`,
      command: sandboxText(`sysctl -n ${path}`, netns),
    })),
    ...(hasAttributes(attributes)
      ? [{
        purpose: `compare ${Object.keys(attributes).join(", ")}`,
        command: sandboxText(`ip -d link show dev ${ifname}`, netns),
      }]
      : []),
  ];
}

function compare(
  { ifname }: Request,
  { sysctls, attributes }: TuningConfig,
  { values, missing, folders, link }: TuningFacts,
): void {
  for (const { name, path, value: wanted } of sysctls) {
    const found = values.get(path);
    const isFine = found === undefined
      // One that can only be written has nothing to compare.
      ? ![...missing, ...folders].some((one) => one.path === path)
      : isSame(found, wanted);
    if (isFine) continue;
    throw deviation(`the kernel parameter "${name}"`, wanted, found);
  }
  const key = link && findDeviation(attributes, link);
  if (key === undefined) return;
  throw deviation(`${key} of "${ifname}"`, attributes[key], link?.[key]);
}

/** The kernel parts numbers by tabs. */
function isSame(first: string, second: string): boolean {
  const words = (text: string) => text.trim().replace(/\s+/g, " ");
  return words(first) === words(second);
}

function deviation(what: string, wanted: unknown, found: unknown): CniError {
  return new CniError(CniCode.Internal, `Cannot confirm ${what}`, {
    details: `it is ${describe(found)} and should be ${describe(wanted)}: ` +
      "something else has changed it, so DEL and ADD again",
  });
}
