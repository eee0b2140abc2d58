import { Shells } from "../../../lib/linux/mod.ts";
import type { Request } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError, describe } from "../../../lib/spec/mod.ts";
import { isIdle, parseTuningConfig, requirePrevResult } from "./config.ts";
import { readFacts } from "./facts_linux.ts";
import { findDeviation } from "./link_attributes.ts";

/**
 * Verifies that parameters and attributes are as the configuration says (CNI
 * 1.1.0, section 2, "CHECK").
 *
 * @throws {CniError} Code 999 for one that is not.
 */
export async function checkTuning(request: Request): Promise<void> {
  const config = parseTuningConfig(request);
  requirePrevResult(request);
  if (isIdle(config)) return;
  await using shells = new Shells();
  const facts = await readFacts(request, config, shells.run);
  const { values, missing, link } = facts;
  for (const { name, path, value: wanted } of config.sysctls) {
    const found = values.get(path);
    const isFine = found === undefined
      // One that can only be written has nothing to compare.
      ? !missing.some((one) => one.path === path)
      : isSame(found, wanted);
    if (isFine) continue;
    throw deviation(`the kernel parameter "${name}"`, wanted, found);
  }
  const key = link && findDeviation(config.attributes, link);
  if (key === undefined) return;
  const what = `${key} of "${request.ifname}"`;
  throw deviation(what, config.attributes[key], link?.[key]);
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
