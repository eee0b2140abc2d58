import { applySteps, Shells, withUndo } from "../../../lib/linux/mod.ts";
import type { Context, Request } from "../../../lib/plugin/mod.ts";
import type { Result } from "../../../lib/spec/mod.ts";
import { confinePath } from "../../../lib/state/mod.ts";
import { requireAllowed } from "./allow_list.ts";
import {
  isIdle,
  parseTuningConfig,
  requirePrevResult,
  type TuningConfig,
} from "./config.ts";
import { readFacts, refuseMissing } from "./facts_linux.ts";
import { attributeSteps, originalsOf } from "./link_attributes.ts";
import { tunedResult } from "./result.ts";
import { setSysctls } from "./set_sysctls_linux.ts";
import { openTuningState, parseDataDir } from "./state.ts";

/** What an ADD is to do, checked. */
export interface AddInput {
  readonly config: TuningConfig;
  /** The result of the plugins before this one. */
  readonly before: Result;
}

/**
 * Reads and checks all that an ADD is told, before anything is looked at.
 *
 * @throws {CniError} Code 7, or 4 for `CNI_ARGS`.
 */
export function readAddInput(request: Request): AddInput {
  const config = parseTuningConfig(request);
  requireAllowed(config.sysctls);
  confinePath(parseDataDir(request.config.fields), { key: "dataDir" });
  return { config, before: requirePrevResult(request) };
}

/**
 * Sets kernel parameters and attributes of the interface (CNI 1.1.0, section 2,
 * "ADD"). What fails puts all of them back; where nothing is asked for, nothing
 * is started.
 */
export async function addTuning(
  request: Request,
  context: Context,
): Promise<Result> {
  const { config, before } = readAddInput(request);
  if (isIdle(config)) return before;
  const { netns, ifname } = request;
  const { sysctls, attributes } = config;
  await using shells = new Shells();
  const { run } = shells;
  return await withUndo(async (undo) => {
    const facts = await readFacts(request, config, run);
    refuseMissing(facts);
    const { values, link } = facts;
    await setSysctls(sysctls, { netns, run, undo, values });
    if (link !== undefined) {
      const state = openTuningState(request, { create: true });
      const saved = state.find(request)?.values ?? {};
      const originals = originalsOf(attributes, link, saved);
      const forget = state.save(request, request.config.name, originals);
      undo.push(() => Promise.resolve(forget()));
      const steps = attributeSteps(ifname, attributes, link);
      await applySteps(steps, { netns, run, undo });
    }
    return tunedResult(before, request, attributes);
  }, (message) => context.warn(message));
}
